from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE SCHEMA IF NOT EXISTS "tangram";
CREATE TABLE IF NOT EXISTS "tangram"."installed_template" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "name" VARCHAR(80) NOT NULL,
    "version" VARCHAR(40) NOT NULL,
    "options" JSONB NOT NULL,
    "installed_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_installed_t_tenant__f311ea" UNIQUE ("tenant_id", "name")
);
COMMENT ON TABLE "tangram"."installed_template" IS 'A template that a tenant has installed.';
CREATE TABLE IF NOT EXISTS "tangram"."metadata_item" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "kind" VARCHAR(40) NOT NULL,
    "parent_id" UUID NOT NULL,
    "name" VARCHAR(80) NOT NULL,
    "position" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "physical" VARCHAR(63) NOT NULL,
    "origin" VARCHAR(80) NOT NULL,
    "origin_body" JSONB,
    "created_version" INT NOT NULL,
    "removed_at" TIMESTAMPTZ,
    "removed_version" INT,
    "removed_by" UUID
);
CREATE UNIQUE INDEX IF NOT EXISTS "metadata_item_name" ON "tangram"."metadata_item" ("parent_id", "kind", "name") WHERE removed_at IS NULL;
CREATE INDEX IF NOT EXISTS "metadata_item_tenant" ON "tangram"."metadata_item" ("tenant_id");
COMMENT ON COLUMN "tangram"."metadata_item"."id" IS 'stays the same over renames';
COMMENT ON COLUMN "tangram"."metadata_item"."parent_id" IS 'item it belongs to; the tenant''s id for those of the tenant itself';
COMMENT ON COLUMN "tangram"."metadata_item"."position" IS 'order among the items of one parent and kind';
COMMENT ON COLUMN "tangram"."metadata_item"."body" IS 'attributes as in a document, without name and children';
COMMENT ON COLUMN "tangram"."metadata_item"."physical" IS 'table, column or index; allocated once, kept over renames';
COMMENT ON COLUMN "tangram"."metadata_item"."origin" IS 'template it came from, or empty';
COMMENT ON COLUMN "tangram"."metadata_item"."origin_body" IS 'body as the template shipped it';
COMMENT ON COLUMN "tangram"."metadata_item"."removed_at" IS 'hidden since; purged after 30 days';
COMMENT ON TABLE "tangram"."metadata_item" IS 'One declared thing: an object, a field, a unique constraint, a view, the settings.';
CREATE TABLE IF NOT EXISTS "tangram"."metadata_version" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "version" INT NOT NULL,
    "author_id" UUID,
    "author_name" VARCHAR(254) NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "message" TEXT NOT NULL,
    "changes" JSONB NOT NULL,
    "plan" JSONB NOT NULL,
    CONSTRAINT "uid_metadata_ve_tenant__d8088a" UNIQUE ("tenant_id", "version")
);
COMMENT ON COLUMN "tangram"."metadata_version"."version" IS 'the version the change made';
COMMENT ON COLUMN "tangram"."metadata_version"."changes" IS 'list of {op, id, kind, parent, name, before, after, …}';
COMMENT ON COLUMN "tangram"."metadata_version"."plan" IS 'summary: statements, warnings, data at risk';
COMMENT ON TABLE "tangram"."metadata_version" IS 'One applied change: who, when, what exactly, so that any earlier state can be computed.';
CREATE TABLE IF NOT EXISTS "tangram"."pending_work" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "kind" VARCHAR(16) NOT NULL,
    "name" VARCHAR(63) NOT NULL,
    "step" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "attempts" INT NOT NULL,
    "last_error" TEXT NOT NULL,
    CONSTRAINT "uid_pending_wor_tenant__058807" UNIQUE ("tenant_id", "name")
);
COMMENT ON COLUMN "tangram"."pending_work"."kind" IS 'index or validate';
COMMENT ON COLUMN "tangram"."pending_work"."name" IS 'index or constraint in the tenant''s schema';
COMMENT ON COLUMN "tangram"."pending_work"."step" IS 'the schema step';
COMMENT ON COLUMN "tangram"."pending_work"."last_error" IS 'empty when it has not failed';
COMMENT ON TABLE "tangram"."pending_work" IS 'A step on a big table that a job does after the change, without holding up readers and writers.';
CREATE TABLE IF NOT EXISTS "tangram"."tenant" (
    "id" UUID NOT NULL PRIMARY KEY,
    "slug" VARCHAR(40) NOT NULL UNIQUE,
    "name" VARCHAR(200) NOT NULL,
    "status" VARCHAR(16) NOT NULL,
    "settings" JSONB NOT NULL,
    "template" VARCHAR(80) NOT NULL,
    "version" INT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL
);
COMMENT ON COLUMN "tangram"."tenant"."slug" IS 'name in URLs and tokens; names the schema';
COMMENT ON COLUMN "tangram"."tenant"."status" IS 'active or suspended';
COMMENT ON COLUMN "tangram"."tenant"."settings" IS 'copy of the body of the item of kind settings, for quick reading';
COMMENT ON COLUMN "tangram"."tenant"."template" IS 'template it was first made from, or empty';
COMMENT ON COLUMN "tangram"."tenant"."version" IS 'of its metadata; grows by one with every applied change';
COMMENT ON COLUMN "tangram"."tenant"."epoch" IS 'grows with every change of metadata or rights';
COMMENT ON TABLE "tangram"."tenant" IS 'One customer of the platform, with a schema of its own.';
CREATE TABLE IF NOT EXISTS "tangram"."event" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "at" TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    "kind" VARCHAR(32) NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "record_id" UUID NOT NULL,
    "actor_id" UUID,
    "actor_kind" VARCHAR(16) NOT NULL,
    "actor_name" VARCHAR(254) NOT NULL,
    "changes" JSONB NOT NULL DEFAULT '{}'::jsonb,
    "cause" BIGINT[] NOT NULL DEFAULT '{}'::bigint[],
    "request_id" VARCHAR(64) NOT NULL DEFAULT '',
    "version" INT NOT NULL DEFAULT 0,
    "handled_at" TIMESTAMPTZ
);
CREATE INDEX IF NOT EXISTS "event_unhandled" ON "tangram"."event" ("tenant_id", "id") WHERE handled_at IS NULL;
CREATE INDEX IF NOT EXISTS "event_history" ON "tangram"."event" ("tenant_id", "object", "record_id", "id");
COMMENT ON COLUMN "tangram"."event"."kind" IS 'create update delete restore destroy merge …';
COMMENT ON COLUMN "tangram"."event"."object" IS 'the object''s table name, which outlives renames';
COMMENT ON COLUMN "tangram"."event"."changes" IS '{column: [before, after]}; of creations {column: after}';
COMMENT ON COLUMN "tangram"."event"."cause" IS 'events that led here';
COMMENT ON COLUMN "tangram"."event"."request_id" IS 'request or job, for logs';
COMMENT ON COLUMN "tangram"."event"."version" IS 'version of the tenant''s model';
COMMENT ON COLUMN "tangram"."event"."handled_at" IS 'when the relay had recorded every job it asks for';
COMMENT ON TABLE "tangram"."event" IS 'One accepted write, in the transaction that made it: audit trail and outbox at once.';
CREATE TABLE IF NOT EXISTS "tangram"."handler_mark" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "handler" VARCHAR(100) NOT NULL,
    "key" VARCHAR(200) NOT NULL,
    "at" TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "uid_handler_mar_tenant__459e7b" UNIQUE ("tenant_id", "handler", "key")
);
CREATE INDEX IF NOT EXISTS "idx_handler_mar_at_bb47ab" ON "tangram"."handler_mark" ("at");
COMMENT ON COLUMN "tangram"."handler_mark"."key" IS 'the event''s id, or the key of a job without event';
COMMENT ON TABLE "tangram"."handler_mark" IS 'The effects of a handler for a key happened: written in the transaction that makes them.';
CREATE TABLE IF NOT EXISTS "tangram"."job" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "handler" VARCHAR(100) NOT NULL,
    "key" VARCHAR(200) NOT NULL,
    "stream" VARCHAR(200) NOT NULL,
    "event_ids" BIGINT[] NOT NULL DEFAULT '{}'::bigint[],
    "payload" JSONB,
    "state" VARCHAR(8) NOT NULL,
    "attempts" INT NOT NULL DEFAULT 0,
    "sends" INT NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ NOT NULL,
    "sent_at" TIMESTAMPTZ,
    "worker" VARCHAR(64) NOT NULL DEFAULT '',
    "lease_until" TIMESTAMPTZ,
    "last_error" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "uid_job_tenant__a5efcc" UNIQUE ("tenant_id", "handler", "key")
);
CREATE INDEX IF NOT EXISTS "job_ready" ON "tangram"."job" ("tenant_id", "next_at", "id") WHERE state = 'ready';
CREATE INDEX IF NOT EXISTS "job_loose" ON "tangram"."job" ("tenant_id", "next_at", "id") WHERE state = 'ready' AND stream = '';
CREATE INDEX IF NOT EXISTS "job_under_way" ON "tangram"."job" ("tenant_id", "id") WHERE state IN ('sent', 'running');
CREATE INDEX IF NOT EXISTS "job_stream" ON "tangram"."job" ("tenant_id", "stream", "id") WHERE stream <> '' AND state <> 'dead';
CREATE INDEX IF NOT EXISTS "job_dead" ON "tangram"."job" ("tenant_id", "handler", "id") WHERE state = 'dead';
COMMENT ON COLUMN "tangram"."job"."key" IS 'names the work; with the handler it is recorded once';
COMMENT ON COLUMN "tangram"."job"."stream" IS 'jobs of one stream run one at a time, in order; or empty';
COMMENT ON COLUMN "tangram"."job"."event_ids" IS 'what it is about; empty for timers';
COMMENT ON COLUMN "tangram"."job"."state" IS 'ready, sent, running or dead';
COMMENT ON COLUMN "tangram"."job"."sends" IS 'times handed to the queue; tells a stale message apart';
COMMENT ON COLUMN "tangram"."job"."next_at" IS 'not before';
COMMENT ON COLUMN "tangram"."job"."worker" IS 'process that runs it';
COMMENT ON COLUMN "tangram"."job"."lease_until" IS 'when a silent worker counts as gone';
COMMENT ON TABLE "tangram"."job" IS 'Work that is owed: one handler for one event, timer or other key. Done jobs are removed, dead ones stay.';
CREATE TABLE IF NOT EXISTS "tangram"."timer" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "kind" VARCHAR(100) NOT NULL,
    "key" VARCHAR(150) NOT NULL,
    "stream" VARCHAR(200) NOT NULL DEFAULT '',
    "due_at" TIMESTAMPTZ NOT NULL,
    "payload" JSONB,
    "fired_at" TIMESTAMPTZ,
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "uid_timer_tenant__11c5b8" UNIQUE ("tenant_id", "kind", "key")
);
CREATE INDEX IF NOT EXISTS "timer_due" ON "tangram"."timer" ("due_at", "id") WHERE fired_at IS NULL;
CREATE INDEX IF NOT EXISTS "timer_fired" ON "tangram"."timer" ("fired_at") WHERE fired_at IS NOT NULL;
COMMENT ON COLUMN "tangram"."timer"."kind" IS 'the handler that is called';
COMMENT ON COLUMN "tangram"."timer"."key" IS 'names the timer within its kind; setting it again moves it';
COMMENT ON TABLE "tangram"."timer" IS 'Something to be done at a time; fired once, late rather than never.';
CREATE TABLE IF NOT EXISTS "tangram"."webhook_delivery" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "event_id" BIGINT,
    "type" VARCHAR(120) NOT NULL,
    "body" TEXT NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "attempts" INT NOT NULL,
    "status" INT,
    "latency_ms" INT,
    "response" TEXT NOT NULL,
    "error" TEXT NOT NULL,
    "log" JSONB NOT NULL,
    "run" INT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "attempted_at" TIMESTAMPTZ,
    "delivered_at" TIMESTAMPTZ
);
CREATE INDEX IF NOT EXISTS "webhook_delivery_endpoint" ON "tangram"."webhook_delivery" ("tenant_id", "endpoint_id", "id");
CREATE INDEX IF NOT EXISTS "webhook_delivery_created" ON "tangram"."webhook_delivery" ("created_at");
COMMENT ON COLUMN "tangram"."webhook_delivery"."type" IS 'such as customer.updated';
COMMENT ON COLUMN "tangram"."webhook_delivery"."body" IS 'the JSON that is signed and sent, byte for byte';
COMMENT ON COLUMN "tangram"."webhook_delivery"."state" IS 'pending, delivered, dead or skipped';
COMMENT ON COLUMN "tangram"."webhook_delivery"."status" IS 'HTTP status of the last attempt';
COMMENT ON COLUMN "tangram"."webhook_delivery"."response" IS 'beginning of the last answer';
COMMENT ON COLUMN "tangram"."webhook_delivery"."error" IS 'what went wrong at the last attempt';
COMMENT ON COLUMN "tangram"."webhook_delivery"."log" IS 'the latest attempts: [{at, status, latency_ms, error}]';
COMMENT ON COLUMN "tangram"."webhook_delivery"."run" IS 'grows with every redelivery';
COMMENT ON TABLE "tangram"."webhook_delivery" IS 'One message for one endpoint, with what came of it.';
CREATE TABLE IF NOT EXISTS "tangram"."webhook_endpoint" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "url" VARCHAR(2048) NOT NULL,
    "description" VARCHAR(500) NOT NULL,
    "filters" JSONB NOT NULL,
    "include_record" BOOL NOT NULL,
    "ordered" BOOL NOT NULL,
    "secret" TEXT NOT NULL,
    "previous_secret" TEXT NOT NULL,
    "previous_until" TIMESTAMPTZ,
    "enabled" BOOL NOT NULL,
    "disabled_reason" VARCHAR(300) NOT NULL,
    "failing_since" TIMESTAMPTZ,
    "created_at" TIMESTAMPTZ NOT NULL,
    "created_by" UUID,
    "updated_at" TIMESTAMPTZ NOT NULL,
    "version" INT NOT NULL
);
CREATE INDEX IF NOT EXISTS "idx_webhook_end_tenant__a10c96" ON "tangram"."webhook_endpoint" ("tenant_id");
COMMENT ON COLUMN "tangram"."webhook_endpoint"."filters" IS '[{table, kinds, condition}]; empty list for every event';
COMMENT ON COLUMN "tangram"."webhook_endpoint"."include_record" IS 'send the whole record, not only what changed';
COMMENT ON COLUMN "tangram"."webhook_endpoint"."ordered" IS 'a failing delivery holds later ones';
COMMENT ON COLUMN "tangram"."webhook_endpoint"."secret" IS 'ciphertext';
COMMENT ON COLUMN "tangram"."webhook_endpoint"."previous_secret" IS 'ciphertext of the secret before, or empty';
COMMENT ON COLUMN "tangram"."webhook_endpoint"."previous_until" IS 'until when the secret before signs as well';
COMMENT ON COLUMN "tangram"."webhook_endpoint"."disabled_reason" IS 'why the server disabled it, or empty';
COMMENT ON COLUMN "tangram"."webhook_endpoint"."failing_since" IS 'first failure after the last success';
COMMENT ON TABLE "tangram"."webhook_endpoint" IS 'A URL of the tenant''s that is told of events.';
CREATE TABLE IF NOT EXISTS "tangram"."file" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "content_type" VARCHAR(127) NOT NULL,
    "sha256" BYTEA NOT NULL,
    "uploaded_by" UUID,
    "created_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX IF NOT EXISTS "idx_file_tenant__9a8d04" ON "tangram"."file" ("tenant_id", "created_at");
COMMENT ON COLUMN "tangram"."file"."name" IS 'as uploaded, without folders and control characters';
COMMENT ON COLUMN "tangram"."file"."content_type" IS 'images by their first bytes, others as declared';
COMMENT ON TABLE "tangram"."file" IS 'One uploaded file. A record''s file and image fields hold its id.';
CREATE TABLE IF NOT EXISTS "tangram"."account" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "email" VARCHAR(254) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "password_hash" VARCHAR(200) NOT NULL,
    "roles" TEXT[] NOT NULL,
    "status" VARCHAR(16) NOT NULL,
    "platform_administrator" BOOL NOT NULL,
    "must_change_password" BOOL NOT NULL,
    "failed_attempts" INT NOT NULL,
    "password_changed_at" TIMESTAMPTZ,
    "last_sign_in_at" TIMESTAMPTZ,
    "created_at" TIMESTAMPTZ NOT NULL,
    "created_by" UUID,
    "updated_at" TIMESTAMPTZ NOT NULL,
    "updated_by" UUID,
    "deleted_at" TIMESTAMPTZ,
    "version" INT NOT NULL,
    "owner_id" UUID,
    "department_id" UUID,
    CONSTRAINT "uid_account_tenant__7047bc" UNIQUE ("tenant_id", "email")
);
COMMENT ON COLUMN "tangram"."account"."email" IS 'lower case, so that uniqueness ignores case';
COMMENT ON COLUMN "tangram"."account"."password_hash" IS 'argon2id; empty when no password can be used';
COMMENT ON COLUMN "tangram"."account"."status" IS 'active or disabled';
COMMENT ON COLUMN "tangram"."account"."platform_administrator" IS 'may create tenants and act for any of them';
COMMENT ON COLUMN "tangram"."account"."must_change_password" IS 'the password is temporary';
COMMENT ON COLUMN "tangram"."account"."failed_attempts" IS 'wrong passwords since the last sign-in';
COMMENT ON TABLE "tangram"."account" IS 'A person or program that may sign in to one tenant; the object `user` of every tenant reads this table.';
CREATE TABLE IF NOT EXISTS "tangram"."api_key" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "prefix" VARCHAR(16) NOT NULL UNIQUE,
    "key_hash" BYTEA NOT NULL,
    "roles" TEXT[] NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "created_by" UUID,
    "expires_at" TIMESTAMPTZ,
    "last_used_at" TIMESTAMPTZ,
    "revoked_at" TIMESTAMPTZ
);
CREATE INDEX IF NOT EXISTS "idx_api_key_tenant__e9691e" ON "tangram"."api_key" ("tenant_id");
CREATE INDEX IF NOT EXISTS "idx_api_key_account_31fd65" ON "tangram"."api_key" ("account_id");
COMMENT ON COLUMN "tangram"."api_key"."prefix" IS 'shown in lists, finds the row';
COMMENT ON COLUMN "tangram"."api_key"."key_hash" IS 'SHA-256 of the whole key';
COMMENT ON COLUMN "tangram"."api_key"."last_used_at" IS 'to within some minutes';
COMMENT ON TABLE "tangram"."api_key" IS 'A key for a program, acting as an account with some of its roles.';
CREATE TABLE IF NOT EXISTS "tangram"."refresh_token" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "family_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "rotated_to" UUID,
    "created_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "revoked_at" TIMESTAMPTZ,
    "reason" VARCHAR(32) NOT NULL,
    CONSTRAINT "uid_refresh_tok_token_h_317a3e" UNIQUE ("token_hash")
);
CREATE INDEX IF NOT EXISTS "idx_refresh_tok_tenant__c89bfa" ON "tangram"."refresh_token" ("tenant_id");
CREATE INDEX IF NOT EXISTS "idx_refresh_tok_account_fde109" ON "tangram"."refresh_token" ("account_id");
CREATE INDEX IF NOT EXISTS "idx_refresh_tok_family__1354e9" ON "tangram"."refresh_token" ("family_id");
CREATE INDEX IF NOT EXISTS "idx_refresh_tok_expires_3e54da" ON "tangram"."refresh_token" ("expires_at");
COMMENT ON COLUMN "tangram"."refresh_token"."token_hash" IS 'SHA-256 of the token';
COMMENT ON COLUMN "tangram"."refresh_token"."rotated_to" IS 'the next link; a token that has one was used';
COMMENT ON COLUMN "tangram"."refresh_token"."reason" IS 'why it was revoked, empty while it lives';
COMMENT ON TABLE "tangram"."refresh_token" IS 'One link of a chain of refresh tokens; a chain (family) is one sign-in on one device.';
CREATE TABLE IF NOT EXISTS "tangram"."tenant_key" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "number" INT NOT NULL,
    "master_key_id" VARCHAR(16) NOT NULL,
    "wrapped" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_tenant_key_tenant__7cba01" UNIQUE ("tenant_id", "number")
);
COMMENT ON COLUMN "tangram"."tenant_key"."number" IS '1, 2, … within the tenant; part of every ciphertext';
COMMENT ON COLUMN "tangram"."tenant_key"."master_key_id" IS 'which SECRET_KEY wrapped it';
COMMENT ON COLUMN "tangram"."tenant_key"."wrapped" IS 'nonce and AES-256-GCM ciphertext of the data key';
COMMENT ON TABLE "tangram"."tenant_key" IS 'A tenant''s data key, encrypted with a master key; the highest number encrypts, all of them decrypt.';
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSONB NOT NULL
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
    "eJztPWlz2ziyfwWlL8lUaVKJfCQb79sqZ+KdeDfHVOK5dialhUhIQkwRHIK0opfn//66AV"
    "KkeImUJRmU+SWxSDQJdgN9d+NbL6DuxKezJ5euDKjjMPuKzTyHBqz3knzruXSGf1SM6pMe"
    "9bzUGLwS0JGj4Hg8fhikAUYy8KkVwIgxdSSDSzaTls+9gAsX4c5JPJ4EUxoQCr9d6gZkSi"
    "VZPvQJPswWFjyNu5OGcKHL/wrZMBATFkyZD9B//NHTo4fcxhHq4z9/7uNn2OwrkzgGf3rX"
    "wzFnjr2CIg2jrg+Dhaeu/fzz5et/qpE40dHQEk44c5PR3iKYCnc5PAy5/QRh8N6EucyHD7"
    "FTWHJDx4lQG1/SnwEXAj9ky6nayQWbjWnoIK57fx+HroUoJupN+M/xP6KppYYNh+8/XA0/"
    "XVwNh70caXAKGaxHlyzhIlm5GyCivt3q5yYIUVd7+IIf3px/fHx0+p1CgZDBxFc3Fbp6tw"
    "qQBlSDKqSnFmKaQHWRvQK0TZzHFxKkJ+s5RmeMMMNQnKBU/Z/D5g9T6hdjMx6fQSRMrIUo"
    "7M3o16HD3EkwhZ8vnlag9JfzjwqrL54qrArgYJrJvY/uDNStVeTeMF/ilBrgNwVygCg+ro"
    "Pi43IUH+dQLNSMZB7F//r04X0xilMgGRTb3ArI/xGHy6CFqK5ALSIDnzyT8i8njdLH785/"
    "y2L7h7cfXmU5Bz7gVQb1iXinQR7/rwFxAZ+xEgmYgc0SIgJ+Ev9xWOS4unx38enq/N1PKz"
    "R5fX51gXcG6uoic/XxaYZOy4eQXy+v3hD8Sf7z4f1FlnTLcVf/6eGcaBiIoSvmQ2qncRJf"
    "ji/doq4zvk7JYbwwotb1nPr2MHdHDETZ2Pyt2WCWvUJdOlFEQmze9hOt8x0LKGoEl6DcFa"
    "qlKwOqNdJZNHTI47FrldEPLiM2sxzqMxvUSqD4S0JdIkZfmBX0QcdU34F/6IVHkmWAF284"
    "m/cBjhHJggCgZV5v3c0rClTcjDb7rZfQoOfB25dq0jWMSpRg+IN99WA5ScU3owfFZFjB6T"
    "DWD+Kd3FPAMFn8QX59c/HxgvhsJm7U1ieXn8j7n9++7SnGkppNorQ1ersGK31/7/ahK/Cg"
    "RdCF1IsFvpwAHXygB2JBZtdlp9mbJzkaaPbxHq6recbjO7Wzhtq5wi3rrtcVIPPXaw9ZKu"
    "EBGTFHgFQhgThTnEPvu0eScJuMhQ/XhARWMk7dBDDJnPHuWUpnye7FkgXc86DQlH3FJ5du"
    "ULLgU1AZNHPXIBMLkGCDHKQzWOZqEePKl7iiBahmetuCRmaTmEfWIMgEp/v93waDo6Png6"
    "dHpy9Ojp8/P3nx9AWMVd+Wv/W8gmqvLn+8fH+1SjC8sEqmkbAXTUzheHwb7OAeDQDlozBg"
    "kih/Lqi+QIdwxlANnnP4gjAgiAlFKmvKHRsId2cWtBPb2ZsuJLeo04RhpWFMZlra3OoTPX"
    "MCAkI9/4yAwS8snB5sKwsGXDMv2EADXeV1p0c1eN3pUSmvw1sZl5LPJ7yR0y6BMJsucXQE"
    "ZLqF+2Tsi1kfCQQ3gsUm2N++pNG4HDblZBmwOzG0yPTaNTlwrsjJtNYUkUZOuefBDuGBmY"
    "zL8hkibljq2i5VBgogTdYJ6qteWtIPnh0/P35xdHq8FPDLK1VyPS/DE+9IU6fqKuQWXKp7"
    "2ghTbtvMJZKDVDgjXuhPYAPQcQCC4egpseni7q6JVnhci1ZB831WALnRPtsP8e99m40KxE"
    "y5Cb8KdQcb3jDsbm6CmxYm+CVa9lWRgl+SrVEnWJDaSfXiBfBQhzO0QeCx7CWZTwVYKFPm"
    "4r80IOwrPMJZ9IkUUaaKuyCM+gDkExmgHmBRl4zQ0z/zwOIpSHbZ4XvWJ8fEGOnyY7r8GF"
    "P1su14FZvL35botz00O6K5KhNEMxEyozZr5OLamkQGfWgq/IardwWok8eFGG3qGc+AmezT"
    "2NBBPjg5ruG3gFGljgt1L4PtxgZbl/vSAktsxqQEnTNP2yv2tUQEpEAOYvNUkfPit6tqJ9"
    "OSmm8/vP8xHp71PGWcTEoUNUrqS4G0IpiB08EA0zfh9Qm3+yq01I9iTX0VxuiDYj4WPvyv"
    "fCF98mc4eDo4vTXTMeg5tEBLKidYPL4V1JLhbEb9xUttNGHESYKJRX0Xs636BBVyAuaVz+"
    "W1OdQxxTL/ibk24OJX4V/3iqzy9P1+pUXu6ZHDeTy0RimJDJhHBAYLR3xC1KPi6pAvYkRs"
    "geFE5WtMlOAknDgVDr6RhB7xGWjGvlTBxbnPAaIglW8P7+tKVzrTvDPNXx5mgpt+HIZkb6"
    "jD7ahkrql58+y0hnXzLKtUJ8YN3jr85KoE1wkyMa1kJcVNWlM2o5sQYfuJCShamqhY8fhW"
    "qFgqJVkhm8TzNkONKop+Nzf1VyE7k99ok58GmI8RFBigpV7fNIjJbt97i7c6VAZD5vvCb+"
    "JJWYUyWpqoHCoVfcP8Kiw5d0UAj+YOq5kzug83iylG4ZWu1CmyB6+WRTwVpmBS6VMvJGuF"
    "MhAzsLqiNHXMthoLf6ZNLzDOItkDt3kgiZi7xSHXDZ+zvhirs8/u1T6TTjhpouDG47fDkt"
    "bjeAOGpFKhQZ/9+eNb7UUIxDVz5ZlyLkY1YBtrt9svqTlEE2PT8NTTOtiFUeXhqac5/KLr"
    "MixQaSrW+BLCZBz3gPfzG4Z2nAwlugjryttdG81xOW4jmy0F0wq7zRLeIhaGKqM5+lsVj8"
    "Hf6HVZFib3Vb3YXyG3rpV/E6lzV6a/E0Mv3bCo7nZJwxi9YdJ1AHPQU8fcl4FK/DCyIuBw"
    "U3AiJTFONDwjE1/MJRktVN2ZUigZfMsik+hXkyxbNuCYJ6xpnghV9X9LEKOpoJGewnaUCQ"
    "XUiSmDO8Lnk2lQt0TpXqr/Ou/UJvKjFd4pU8z2ixtWYrXrO/1Ko50tx9RLo7Ys5mG5oAp/"
    "9pe+eZ+6kmp7U0VWleTiwUtCQxtEGpLdUQaPCIOR+IqReSw4LMmh3sFLGrZeWQnzrW95or"
    "A4DF3gUnbkW6rqthINq9dtBdeOajuDf/nMErBims1rCuqp8Bels2rYg6VKvBT6OgpkS2RM"
    "79sAb+pq3Yu06CLUd5UXTfJvDyEj9NNfzmv96/EjyxHW9RCnIAM68x5/9+i7ByyUDz4ZQa"
    "uFJPRw4RGbOQz+A6QBg8efMFmxAB3ZB2VZ5yZuYjAeDWoYjEeDUoMRb2VKyJcSrC41Egij"
    "6YGKiZ7qIxmllulE0fmUW1PURBx+w6RZ7RRWtIj6dZYpoE6uZOWKFTQvlEnBdHUyRfhsys"
    "JXoUxmHBuGIbbvEdcoa1yPtAJ1gIjeSTnSQRRRpJTPP3uPvt0+evnyixTu6M9egeLZ+6Y/"
    "BcyalcqJz7dn6MxT2gwarmQ5Tt02tKDCoqEs2Cbnvk8XJeSLITLEM4FqI2zPE/zxuZhwyn"
    "UgtaPFYTaZMr+ml3utGfzH55w+Al8niw3dch60CnXPPKgAg9H80FH9RYx0nM0Rk810wDrc"
    "6LScGZ3meFGLQzhP87iOq6ZXOl6CRj4TYCLdT3AmcfI19TisQranaZBKtEP0+8yhCzKlNt"
    "FGA7APHcbBchseECqvJW6HO/OTVvgkTAkUvFHLyn9HS4q+0vf7lUEDvUD94YzWLfq6glXB"
    "xmMwk1UPTxq5wH3FFCm5ZrhcPA+Wsf1Suf0DzNks9ftf62SpWT5+sMsXrS/zil6Gf8Kb7l"
    "bw1bnZOzd7a8331Eaoq86lQA7QnnxWK3/wWUX+4LN8/iDymAYYjoabjF3lT1Wmh+plrvKe"
    "8BLybcXOUYOIK3OXsWsjkjnNjizV4+pdYMl0Je5fYlSovOH1aqXtSzRira6GVf9a/+FYLY"
    "GKEua+pRUp/K12X5/gAvFxmwrUiXCjPiGv8T68TxLqs/hsmT6xGcU+06BS4ZEned1tny++"
    "sy5Xnq3hsq9BZLutz9CAyQ4x7bY8OyPKGdG9Af+HPFKjH1UnjDSegiOEXHtIUGYK5Pz9a7"
    "gGP2Z4cc2U6s0jBAT7wzmtiY7L9+TxI4nSog+zCl1s/gFsqnIiesb1p5SMr56PwsPf/wGI"
    "iBCDE8TfuPrWICe11upNCp9Zm1zRBDrro7M+TFeaO+ujsz7u0fpIyvCwn9GZzkDHn7EOwp"
    "VusvRqYnqpMQZIIqjqV5PFEEZTRSl00ck/kZwFWa9+6iPF+UxnCaszg87uVCuzE8roNFxu"
    "F0R+K2KHK1Ctix+qbtd6u9ARWOtnmib6dDJU3e9+gkBJNNGjC0fQAnFa0fkuAWnBMSXbkK"
    "Y7iY8rjbMZA2pDcZ4yd/pEKrMzsjKQycRKeON6vDrleOXVeHnHU4tbo+RjuU3V960FbIG+"
    "RRy6FInL8aZhsKecdkpnwdOLhdJg4CUhOyMBcxyJPTEC6jASdcUl1KN+XU/qlrGeclU08Z"
    "2mwIxKzV+jX4og6iB7Z+HXCq9pZnttQugUWGsyIR6MVzxNX7SYmtncCYR5yVueLyxgjtod"
    "DTJf1j7+bdeJWw6jkg1DN+AFR1VW76UMaGv2k84sAqHFHTz2Va8bYokQMxSpJBMwBR8eQz"
    "2A9m07Yp07aYB/iJX8XbzX9HjvFbpKeoU9+dSdfnVLvuWYtVHfT2LGgilatmAwjBixV9xr"
    "Z9iRZnlKsOpUAwt0qlqmU5e4mN6ZD+hu6ZnrY7Vxxc/aQK0Nz6kbF1XIGwLEukCb+oyqYv"
    "54QL03qtGN3vnhKnpvF+LrQnymR6a2E+I7yOLudKQpzoOxqFO7W20X9Ltb0E+nFGHQj7uq"
    "DRiumrO4VZ6qXJgAsgmmFW1qED47qUWVkwqqnBxS6O8uzH33kbtEX2ii8SdQRmn7nc8qa0"
    "J3ocL7ChUuVeKGWysN1xr/1YPcW53D5EGR3hSHya9sNBXi+jXDvjv+olfkOsmO6Vc6UeZ6"
    "NCyD1PBa3RLj8Ooyc921PcExi0AllqkUGQtbwquus8XNEDd4xl16HcaPr521ncXOMH5CqQ"
    "cj5x5J7femL4tAK97VyCXSHeLQHbJnvOsjs0XrIjUD1qG1JEmzmaM0DbVRHpBhGuj9tMlW"
    "KMvhvaKvfzTeaL+SDK0pRqfj84me6KaNm/nyBrW8RoMKr9Eg59zAsyHyWC8PHcfjjcY6+v"
    "HQ4Fw6UCWfuMxWfaF1BudoEWh1Cv+oR4x9B5sPNJE2OiwaCzKV/pbUZvpEXnPP29TRXcvP"
    "XeHmPqiUWkNPGyw77Kg8v7bsrCOTBGvvzdXVT0RPNe4+hSk2JFoPNdfz1k92BBXaWgxnTf"
    "C9CmQwzu9tCYPy6MEbCjhzudBMwxjNnEdswqPShvQyduWcbaFR1y6kZOPcN1PS3tYlO4Li"
    "MleJjr4AcsCvzbjKvunhiILzGssjKdFwQ9qartcqkT8mJJDo5qCgTmrerxOYNPvsE7XQbj"
    "/fmUw7Cb34YZOuj9Fok1Wa/HFRoFmmnLX7FxQHGfvoQlzZEFfECjYidBa2C2aaTOmlwbpJ"
    "NkgGtqO0aZQ2LHZ5EUfQKmKXF6koW43YZTootz52eY4HVOd6KccOtUA4Nt7UHcLzUcvG0N"
    "1J7PvYiQccxNtnRvl2gk2hX1C8V+7ejYabbLZunLV5XKcdAg6ryNs8zjVFSE+uAaIzYAeI"
    "8JNaabInFWmyJ/k02TF3gqijS13rPwXSCg/AH9+UUO2rnHAw8QHJNsebt5/j1jY4YxVY0k"
    "Zog/a0+3YBcNdyQpsNdSOrPNleCeEw6pZI0RxwhoAjgDaIctinQ/f0msJXRc27+gR7MQjX"
    "WUQpVOqcnZrhp6p494cPb1fI9eoy6zn7+d2ri4+PnynawSAelATFVTcr1pQ6KSizyULhMd"
    "xBf3PsqyFAH1sqR5rKddtCh6jtUUMyy2cFtl+5tzmBMFmM9CzugdIdwGeY6VX2fHbDRSiH"
    "zSlQANoSUsTmk544ic/OatbZ7t4otVFzijx0axwlPTVlsjz/ZoVqKgFFtamYM6fmWURtd6"
    "ispisiLZqKsRSU0WJsG3bjFqWUzaXCG/YUlw1Nnzyo0cxyPl1Em80H5YHE0yc8aMonM4cf"
    "1zKQjioMpKMCA0mrOkPJo46xjWqessDtYYxj7qNNBB8QAidUZzsmwWwZWthj6eGxxC48+K"
    "DIPCrIsi33m65CdedCZxynOod6g62zCtltHaO3TotPJzUod9GUuOY/uZp5PpipbvQrI5jj"
    "eEitisvQw+J80AIR7Ak5j7x9j6S6oIoA+EyVU6qpK4+T6vQBbDWrh2zlgetjm5kCzHQxZB"
    "f27MKepvCj7Yhv9X8Om+VGaTzeaEuUyiWb6C8PJxwDIwCRpDgEoDLwhYNBBmRhtc8+yIRK"
    "T07qREpPTsoDpXgv49bm/8uGWAhVELyrqntchTskibvn0kdcG1hC2rQEMgtn9A5RIlKSkf"
    "LYcJ9ot4BaPn19fp9ykNrMcqi/aYVkFS2SCsnnFRWSz3O7Y0oHJ6dFO8OlfsmxLQlM1nEZ"
    "7xYziLIVz2UUb16aFIDMV5fvzz/+XhxHeFUQn371+9XFec7K0+y0oemcAets5y4r/YHYzq"
    "ZYeueW6sreKzL24nv9SnuPpkbVSFT1QHQIPPmLeL7Ah+lE0xldqLgbngoWCNU4RyvmZ8r9"
    "LEZfmBWQ/4aS+f+NslH9RTSE4Hk/mLCK2ao4raIU1729d33zYzaj3Mm1Pe5sx852bAF3bd"
    "KgRa3zBiryEsBo3dgRczzMguKTpNBsRL/TxQNIgJkIwIkasJnVWOcEEhhVYTXmziA5RDN+"
    "4wTmHbSd9aiUcwHSeErltAmic4AmY7xH/YlwB9yOE2hVAo0rSPwVsOhdPDcAxOVGNuFOaO"
    "MLp8hZUnGQ5xLivg/x3L2ufPFb/jzOssYf1d1sCjt/GLZ8QUe5YeokyCj5ZCPHxWkdv0XW"
    "oEi5LU5z3MOhwVj4MzAaZtzl+OqgqFFCZQJW+UOMzsfqoQauzdVIrdYuWKCVSs2n7iLKrZ"
    "zVI9Z+8rZmoQyGOgd9GHO/hgQre4TZ5EKraMnu0fABSQD4q1u4vx/qYP6S8n407gpVAGmy"
    "r7ynO47EBMHmaa7FUhlboI1+z92abG7LTRWWuk1Uq7GBH6vkEa3Jp3sw/qzcOXe48obc3Y"
    "DmBeAdvU2md+emflBk7rIj11C2y47stg4rJHPT6KjdbZ3SrWMzh222dVYhO93C5J3T5RVv"
    "2yoTc/j8hnGuNEzHh7J8yKN+MCs7i6AcqTnADrPmZMCfe/zfrPgwouhWvzorwuPD6CzNOl"
    "kRMFR7O+PshD46QLHXAkV3KImSLHTLTCni04MkUaGKonyHLTyxa/NlwIbok/bmLLSvzVe0"
    "KxqidBWqw2mXe7DPE549n4351yYYTiC2g+NdnBjfk1PQOjEtD6Pusk/G2MZLRTZ8sBU2Qf"
    "7W47YgY0sSPqryzdNQZmec9z69Of9+cHIaN7fR/bgitcbIPPQu16Mc54W5Hp3vfiNUts2N"
    "0vnud5De+tXjcHeDrbMK2TkgTd45KhqN+YybRrJTsK2hdC8QyjEA2pdyDcy4GwZbaO/YOu"
    "r77EZcb0T7VcjWUP7B7HFTHI0f2Ri+ZHoFi8XtFbkbVwb0K52Ovh46DJZja/XgcLh7jSo+"
    "xXp32PLwZ/Qkop4kz5a3Ho/pjDuL7zDzD2ulovwygpVV8NNmN9wqKL/a2VuKi63wcdrE6o"
    "qsOoflQTvXOofl9nGquU9DlK4AdRjNHBeecOQcSqtcZatw7XKWLYWwoY6yQJn2gWiyyFeh"
    "jHcIqGIFF7tzo/KB+oUiii7ZhFWltIk5dgOqXa/WNXbo7Ira1qNBHqL2iJXWUbnzETwMKj"
    "ftz96ituw8UGIwWo/9ZXU3dszkKD1v6jr/Mq3ZBzVCrkeD8sbsg+8Mygm7UoZoWVpYcrdf"
    "6aSJzNkGyWHLIxnRrsbwKxDItfwFHkar87comVGJrdrhpm5cM+WTKR5+7YazEVyPxss+oY"
    "4T19Ni+za8WpQ+tpd3rm+Vox/VuXE6N04bFdYmSVJ6oefwWZrmngCYnOXee9Yngz75Mxw8"
    "HZzGIaXkmNkzginQSV+tpkdbbTs3XnM05M2Fi7tc1ucADRf53JqSTxc/fIQB/774ncx9EF"
    "jqKJZNpPz2E6ui+TRzFqWADPcUuQKL9LHLxfnFJ/QZff/jD+9I/jCxWPYa60Xq/BibUKMV"
    "to8pSvc584FZFWrc0a1qdZsmg9ap2uW03XIlRKlQL5QdBQI90ir3nZO755q1cgW0tCqwXE"
    "KXlwUaJZs3TCzfSat53FUNMBwNP0Ds7iRtP+oHn8dw+RHcKZA2HMG9DVm5tdO071We3f4/"
    "XKIhXw=="
)

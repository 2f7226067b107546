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
CREATE TABLE IF NOT EXISTS "tangram"."counter" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "key" VARCHAR(160) NOT NULL,
    "value" BIGINT NOT NULL,
    CONSTRAINT "uid_counter_tenant__e33fed" UNIQUE ("tenant_id", "key")
);
COMMENT ON COLUMN "tangram"."counter"."key" IS 'table.column:period';
COMMENT ON COLUMN "tangram"."counter"."value" IS 'the last number given out';
COMMENT ON TABLE "tangram"."counter" IS 'The last number given out of one series: a field''s, in one period.';
CREATE TABLE IF NOT EXISTS "tangram"."idempotent_answer" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "actor_id" UUID NOT NULL,
    "key" VARCHAR(200) NOT NULL,
    "request_hash" VARCHAR(64) NOT NULL,
    "answer" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "uid_idempotent__tenant__2afa17" UNIQUE ("tenant_id", "actor_id", "key")
);
CREATE INDEX IF NOT EXISTS "idempotent_answer_age" ON "tangram"."idempotent_answer" ("created_at");
COMMENT ON COLUMN "tangram"."idempotent_answer"."request_hash" IS 'of operation and variables, to refuse another request';
COMMENT ON COLUMN "tangram"."idempotent_answer"."answer" IS 'JSON of `data`';
COMMENT ON TABLE "tangram"."idempotent_answer" IS 'The first answer to a mutation that carried an Idempotency-Key, in the transaction that made it.';
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
    "eJztPdty2ziyv4LSi5MqTSqRYyfH3rNVduKdeCeXqcRz25mUBiIhCTFFMARpRSfrfz/dAC"
    "lSvImUJRmS+ZJYJJoEu4G+d+N7J6DuyKeTJ5euDKjjMPuKTTyHBqxzQr53XDrBPypGdUmH"
    "el5qDF4J6MBRcDwe3w/SAAMZ+NQKYMSQOpLBJZtJy+dewIWLcGckHk+CMQ0Ihd8udQMypp"
    "LMH/oEH2YLC57G3VFDuNDlX0PWD8SIBWPmA/Sff3b06D63cYT6+M+fu/gZNvvGJI7Bn951"
    "f8iZYy+gSMOo6/1g5qlrv/xy+fpfaiROdNC3hBNO3GS0NwvGwp0PD0NuP0EYvDdiLvPhQ+"
    "wUltzQcSLUxpf0Z8CFwA/ZfKp2csFmQxo6iOvOP4ahayGKiXoT/vP8n9HUUsP6/fcfrvqf"
    "Lq76/U6ONDiFDNajS5ZwkazcDRBR32/1cxOEqKsdfMGrN2cfHx0eP1YoEDIY+eqmQlfnVg"
    "HSgGpQhfTUQkwTqC6yF4DWifP4QoL0ZD3H6IwRZhiKE5Sq/3PYfDWmfjE24/EZRMLEdhCF"
    "nQn91neYOwrG8PPl0wqU/nr2UWH15VOFVQEcTDO599Gdnrq1iNwb5kucUgP8pkD2EMXP66"
    "D4eTmKn+dQLNSMZB7F//704X0xilMgGRTb3ArIf4nDZbCDqK5ALSIDnzyR8quTRumjd2e/"
    "Z7H96u2H8yznwAecZ1CfiHca5PH/GhAX8AkrkYAZ2CwhIuAn8R/7RY6ry3cXn67O3v28QJ"
    "PXZ1cXeKenrs4yVx8dZ+g0fwj57fLqDcGf5D8f3l9kSTcfd/WfDs6JhoHou2Lap3YaJ/Hl"
    "+NIt6jrD65QcxgsDal1PqW/3c3dET5SNzd+a9CbZK9SlI0UkxOZtN9E637GAokZwCcpdoV"
    "q6MKBaI51EQ/s8HrtUGf3gMmIzy6E+s0GtBIqfEOoSMfjCrKALOqb6DvxDLzySLAO8eMPZ"
    "tAtwjEgWBAAt83rrZl5RoOJmtNnvnYQGHQ/ePleTrmFUogTDH+ybB8tJKr4ZPSgmwwJO+7"
    "F+EO/kjgKGyeIP8tubi48XxGcTcaO2Prn8RN7/8vZtRzGW1GwSpa3R2zVY6fs7tw9dgQct"
    "gs6kXizw5QTo4AM9EAsyuy5bzd48ydFAs4/3cF3NMx7fqp011M4Fbll3vS4Amb9eO8hSCQ"
    "/IgDkCpAoJxKniHHrfHUjCbTIUPlwTEljJMHUTwCRzhptnKa0luxVLFnDPg0JT9pyPLt2g"
    "ZMGnoDJo5q5BJhYgwQY5SCewzNUixpUvcUULUM30tgWNzCYxj6xBkBFO94f/6fUOD1/0nh"
    "4evzx6/uLF0cunL2Gs+rb8rRcVVDu//PHy/dUiwfDCIpkGwp41MYXj8btgB3doACgfhAGT"
    "RPlzQfUFOoQThmrwlMMXhAFBTChSWWPu2EC4O7OgjdjO3ngmuUWdJgwrDWMy09LmVpfomR"
    "MQEOr5pwQMfmHh9GBbWTDgmnnBChroIq87PqzB644PS3kd3sq4lHw+4o2cdgmE2XSJoyMg"
    "0y3cJ0NfTLpIILgRzFbB/voljcZlvykny4DdiaFFptemyYFzRU6mtaaINHLMPQ92CA/MZF"
    "yWzxBx/VLXdqkyUABpsk5QX/XSkr737PmL5y8Pj5/PBfz8SpVcz8vwxDvS1Km6CLkGl+qW"
    "NsKY2zZzieQgFU6JF/oj2AB0GIBgOHxKbDq7u2tiJzyuRaug+T4rgFxpn22H+Pe+zQYFYq"
    "bchF+EuoMNbxh2VzfBTQsT/Bot+6pIwa/J1qgTLEjtpHrxAniowxnaIPBYdkKmYwEWypi5"
    "+C8NCPsGj3BmXSJFlKnizgijPgD5RAaoB1jUJQP09E88sHgKkl02+J7lyTExRtr8mDY/xl"
    "S9bD1exebyd0f02w6aHdFclQmimQiZUJs1cnGtTSKDPjQWfsPVuwDUyuNCjDb1jGfATPZp"
    "rOgg7x09r+G3gFGljgt1L4PtxgZbm/uyA5bYhEkJOmeetlfsW4kISIHsxeapIufF71fVTq"
    "Y5Nd9+eP9jPDzreco4mZQoapTUlwLZiWAGTgcDTN+F1yXc7qrQUjeKNXVVGKMLivlQ+PC/"
    "8oV0yV9h72nv+NZMx6Dn0AItqZxg8fidoJYMJxPqz0600YQRJwkmFvVdzLbqElTICZhXPp"
    "fX5lDHFMv8Z+bagIvfhH/dKbLK0/e7lRa5p0f2p/HQGqUkMmAeERgsHPARUY+Kq0O+iAGx"
    "BYYTla8xUYKTcOJYOPhGEnrEZ6AZ+1IFF6c+B4iCVL4tvK8tXWlN89Y0P9nPBDf9OAzJ3l"
    "CH21HJXFPz5tlxDevmWVapTowbvLX/yVUJrhNkYlrJQoqbtMZsQlchwvoTE1C0NFGx4vE7"
    "oWKplGSFbBLP2ww1qij63dzUX4RsTX6jTX4aYD5GUGCAlnp90yAmu33vLd7qUBn0me8Lv4"
    "knZRHKaGmicqhU9A3zq7Dk3BUBPJo7rGbO6DbcLKYYhVe6UqfIHryaF/FUmIJJpU+9kKwV"
    "ykBMwOqK0tQx22oo/Ik2vcA4i2QP3OaBJGLqFodcV3zO8mKs1j67V/tMOuGoiYIbj18PS1"
    "qO4xUYkkqFBn32l49vtRchENfMlafKuRjVgK2s3a6/pGYfTYxVw1NP62AXRpWHp57m8Iuu"
    "y7BApalY43MIk3HcAd7PbxjacTKU6CKsK283bTTH5biNbLYUzE7YbZbwZrEwVBnN0d+qeA"
    "z+Rq/LvDC5q+rFvobculb+TaTOXZn+Rgy9dMOiutslDWP0hknXAUxBTx1yXwYq8cPIioD9"
    "TcGJlMQ40fCUjHwxlWQwU3VnSqFk8C2zTKJfTbKs2YBjnrDGeSJU1f/NQYymgkZ6CttRJh"
    "RQJ6YM7gifj8ZB3RKle6n+a71Tq8iPnfBOmWK2X9ywEqtd3+lWGu1sPqZeGrVlMQ/LBVX4"
    "szv3zfvUlVTbmyqyqiQXD04IDW0QaUh2Rxk8IgwG4htG5rHgsCSHegMvadh6ZSHMt7zlic"
    "JiP3SBS9mRb6mq20o0rF63FVw7qu0M/uUzS8CKaTavMainwp+VzqphD5Yq8VLo6yiQLZEx"
    "vW0DvKmrdSvSoo1Q31VeNMm/3YeM0E9fndf616MDyxHWdR+nIAM68R49Pnj8gIXy3icjaL"
    "WQhB4uPGIzh8F/gDRg8PgTJitmoCP7oCzr3MRVDMbDXg2D8bBXajDirUwJ+VyC1aVGAmE0"
    "PVAx0VM9kFFqmU4UnY65NUZNxOE3TJrVTmFBi6hfZ5kCauVKVq5YQfNCmRRMWydThM+mLH"
    "wRymTGsWIYYv0ecY2yxvVIC1B7iOiNlCPtRRFFSvn8q3Pw/fbg5OSLFO7gr06B4tn5rj8F"
    "zJqFyonPt6fozFPaDBquZD5O3Ta0oMKioSzYJme+T2cl5IshMsQzgWoDbM8T/Pm5mHDKdS"
    "C1o8VhNhkzv6aXe6kZ/OfnnD4CXyeLDd1yHrQIdc88qACD0fzQUf1FDHSczRGj1XTAOtzo"
    "uJwZHed40Q6HcJ7mcR1XTS90vASNfCLARLqf4Ezi5GvqcViE3J2mQSrRDtHvM4fOyJjaRB"
    "sNwD50GAfLbXhAqLyWuB3uzE92widhSqDgjVpW/jtaUvSVvt+tDBroBer3J7Ru0dcVrAo2"
    "HIKZrHp40sgF7iumSMk1w+XiebCM7RPl9g8wZ7PU73+tk6Um+fjBJl+0vMwrehn+CW+6W8"
    "FX62Zv3ew7a76nNkJddS4Fsof25LNa+YPPKvIHn+XzB5HHNMBwNNxk7Cp/qjI9VC9zlfeE"
    "l5BvK3aOGkRcmTuPXRuRzGl2ZKkeV28DS6Yrcf8Wg0LlDa9XK21fohFLdTWs+tf6D8dqCV"
    "SUMPctrUjhb7X7ugQXiI/bVKBOhBv1CXmN9+F9klCfxWfLdInNKPaZBpUKjzzJ627bfPGd"
    "dbnybA2XfQsi2215hgZMto9pt+XZGVHOiO4N+L/kQI0+qE4YaTwFRwi59JCgzBTI2fvXcA"
    "1+TPDikinVm0cICPb7U1oTHZfvyaMDidKiC7MKXWz+AWyqciJ6xvWnlIyvno/Cwz/+CYiI"
    "EIMTxN+4+pYgJ7XW6k0Kn1mbXNEEWuujtT5MV5pb66O1Pu7R+kjK8LCf0anOQMefsQ7ClW"
    "4y92pieqkxBkgiqOpXk8UQRlNFKXTRyT+RnAVZr37qI8X5RGcJqzODTu9UK7MRyug0XG4X"
    "RH4rYocLUDsXP1TdrvV2oQOw1k81TfTpZKi63/0EgZJookdnjqAF4rSi810CsgPHlKxDmm"
    "4kPq40zmYMaBeK85S50yVSmZ2RlYFMJlbCG9fj1SnHK6/Gyzuedrg1Sj6W21R9X1vAFuhb"
    "xKFLkTgfbxoGO8ppp3QWPL1YKA0GXhKyUxIwx5HYEyOgDiNRV1xCPerX9aSuGespV0UT32"
    "kKzKjU/CX6pQiiDrJ3Fn474TXNbK9VCJ0C25lMiAfjFU/TFy2mZjZ3AmFe8pbnCwuYo3ZH"
    "g8yXtY9/23TilsOoZP3QDXjBUZXVeykDujP7SWcWgdDiDh77qtcNsUSIGYpUkhGYgg+Poe"
    "5B+7YNsc6NNMDfx0r+Nt5rerz3Cl0lncKefOpOt7ol33zM0qjvJzFhwRgtWzAYBozYC+61"
    "U+xIMz8lWHWqgQU6Vi3TqUtcTO/MB3TX9Mzlsdq44mdpoNaG59SNiyrk9QFiWaBNfUZVMX"
    "88oN4b1ehG7/xwFb23DfG1IT7TI1PrCfHtZXF3OtIU58FY1KndrbYN+t0t6KdTijDox13V"
    "BgxXzWncKk9VLowA2QTTilY1CJ8d1aLKUQVVjvYp9HcX5r75yF2iLzTR+BMoo7T91meVNa"
    "HbUOF9hQrnKnHDrZWG2xn/1YPcW63D5EGR3hSHyW9sMBbi+jXDvjv+rFPkOsmO6VY6UaZ6"
    "NCyD1PBa3RLj8Oo8c921PcExi0AllqkUGQtbwquus8XNEFd4xl16HcaPr521ncVOP35CqQ"
    "cj5x5J7femL4tAK97VyCXSHuLQHrJnvOsjs0XrIjUD1qK1JEmzmaM0DbVSHpBhGuj9tMlW"
    "KMvhvaKvfzTeaL+SDK0xRqfj84me6KaNq/nyerW8Rr0Kr1Ev59zAsyHyWC8PHcfjjcY6+v"
    "HQ4Jw7UCUfucxWfaF1BudgFmh1Cv+oR4xtB5v3NJE2OiwaCzKV/pbUZvpEXnPPW9XRXcvP"
    "XeHm3quUWkNPGyw77Kg8v7bsrCOTBGvnzdXVz0RPNe4+hSk2JFoPNdfz2k92BBXamvUnTf"
    "C9CGQwzu9tCYPy6MEbCjhzudBMwxjNnAdsxKPShvQyduWUraFR1yakZOPcN1PS3pYlO4Li"
    "MlWJjr4AcsCv1bjKtunhiILzGssjKdFwQ9qaLtcqkT8mJJDo5qCgTmrerxOYNPvsErXQbj"
    "/fmUwbCb34YZOuj9Fok1Wa/HFRoFmmnLXbFxR7GftoQ1zZEFfEClYidBa2DWaaTOm5wbpK"
    "NkgGtqW0aZQ2LHZ5EUfQKmKXF6koW43YZTootzx2eYYHVOd6KccOtUA4Nt7UHcLzUcvG0O"
    "1J7NvYiXscxNtmRvl6gk2hX1C8V+7ejYabbLaunLX5vE47BBxWkbf5PNcUIT25BojOgO0h"
    "wo9qpckeVaTJHuXTZIfcCaKOLnWt/xTITngA/vyuhGpX5YSDiQ9ItjnevP0ct7bBGavAkj"
    "ZCG7Sn3bYLgLuWE9qsrxtZ5cl2LoTDqFsiRXPAGQIOANogymGfDt3TawxfFTXv6hLsxSBc"
    "ZxalUKlzdmqGn6ri3R8+vF0g1/ll1nP2y7vzi4+PninawSAelATFVTcr1pQ6KSizyULhMd"
    "xBf3PsqyFAH1sqR5rKdVtDh6j1UUMyy2cFtl+5tzmBMFmMdCzugdIdwGeY6VX2fHbDRSj7"
    "zSlQALojpIjNJz1xEp+d1ayz3b1RaqXmFHnonXGUdNSUyfz8mwWqqQQU1aZiypyaZxHtuk"
    "NlMV0RadFUjKWgjBZj67Ab1yilbC4V3rCnuGxo+uRBjWaW0/Es2mw+KA8knj7hQVM+mTn8"
    "uJaBdFhhIB0WGEha1elLHnWMbVTzlAXeHcY45D7aRPABIXBCdbZjEsyWoYU9lh4eS2zDgw"
    "+KzIOCLNtyv+kiVHsudMZxqnOoV9g6i5Dt1jF66+zw6aQG5S6aEtf8F1czzwcz1Y1uZQRz"
    "GA+pVXEZelicD1oggj0hZ5G370CqC6oIgE9UOaWauvI4qU4fwFazeshaHrg8tpkpwEwXQ7"
    "ZhzzbsaQo/Wo/4Vv/nsFlulMbjjbZEqZyzie78cMIhMAIQSYpDACoDXzgYZEAWVvvsg0yo"
    "9OioTqT06Kg8UIr3Mm5t/n+sj4VQBcG7qrrHRbh9krhbLn3EtYElpE1LILNwRu8QJSIlGS"
    "iPDfeJdguo5dPV5/cpB6nNLIf6q1ZIVtEiqZB8UVEh+SK3O8a0d3RctDNc6pcc25LAZB2X"
    "8W4xgyhr8VxG8ea5SQHIPL98f/bxj+I4wnlBfPr8j6uLs5yVp9lpQ9M5A9bazm1W+gOxnU"
    "2x9M4s1ZW9U2Tsxfe6lfYeTY2qkajqgegQePIX8XyBD9OJphM6U3E3PBUsEKpxjlbMT5X7"
    "WQy+MCsgf4eS+X9H2aj+LBpC8LwfTFjFbFWcVlGK69beu7z5MZtQ7uTaHre2Y2s77gB3bd"
    "KgRa3zBiryHMBo3dgRUzzMguKTpNBsRL/TxQNIgJkIwIkasJrVWOcEEhhVYTXmziDZRzN+"
    "5QTmDbSd9aiUUwHSeEzluAmic4AmY7xD/ZFwe9yOE2hVAo0rSPwVsOhdPDcAxOVKNuFGaO"
    "MLp8hZUnGQ5xzivg/x3LyufPF7/jzOssYf1d1sCjt/GLZ8QUe5YeokyCj5ZCXHxXEdv0XW"
    "oEi5LY5z3MOhwVD4EzAaJtzl+OqgqFFCZQJW+UOMzsfqoAauzdVIrdYuWKCVSs2n7izKrZ"
    "zUI9Z28rYmoQz6Oge9H3O/hgQre4TZ5EKraM7u0fABSQD4q1u4vx3qYP6S8n407gpVAGmy"
    "r7yjO47EBMHmaa7FUhlboI3+wN2abG7NTRXmuk1Uq7GCH6vkETuTT/dg/Fm5c+5w5fW5uw"
    "LNC8BbeptM79ZN/aDI3GZHLqFsmx3Zbh1WSOam0VG73TqlW8dmDltt6yxCtrqFyTunzSte"
    "t1UmpvD5DeNcaZiWD2X5kEf9YFJ2FkE5UnOALWbNyYA/8/hPrPgwouhWtzorwuP96CzNOl"
    "kRMFR7O+PshC46QLHXAkV3KImSLHTLTCni04MkUaGKonyHNTyxbfNlwIbokt3NWdi9Nl/R"
    "rmiI0kWoFqdt7sE2T3j2fDbk35pgOIFYD443cWJ8R45B68S0PIy6yy4ZYhsvFdnwwVZYBf"
    "lrj9uCjC1J+KjKN09DmZ1x3vn05uyH3tFx3NxG9+OK1Boj89DbXI9ynBfmerS++5VQuWtu"
    "lNZ3v4H01m8eh7srbJ1FyNYBafLOUdFozGdcNZKdgt0ZSncCoRwDoH0p18CEu2GwhvaOO0"
    "d9n92I65Vovwi5M5R/MHvcFEfjRzaELxlfwWJxO0XuxoUB3Uqno6+H9oP52Fo9OBzuXqOK"
    "T7HeHbY8/Bk9iagnydP5rUdDOuHO7DFm/mGtVJRfRrCyCn7a7IZbBeVXG3tLcbEVPk6bWG"
    "2RVeuw3GvnWuuwXD9ONfdpiNIFoBajmePCE46cQ2mVq2wRbrecZXMhbKijLFCmfSCaLPJF"
    "KOMdAqpYwcXu3Kh8oH6hiKJLNmFVKW1iit2AatertY0dWruitvVokIdod8TKzlG59RE8DC"
    "o37c++Q23ZeaDEYLQeu/PqbuyYyVF63tR1/mVas/dqhFwPe+WN2XuPDcoJe4U2k3Iy5L00"
    "8b1upYPGSo1a6pq5iov43HAyYD4ZARVcgq0KQcNUbhHmcyZPQK1RX3Agu4RrD4kHd0RBg9"
    "T1PHJ5hxsMEd/J9VLVybDQxCrI7Y2Y4bYTF5om9m6lfeHuumRMEVgNtPsoQaKunIiGGy0k"
    "dHsrPecTzQpWkQfPjmvlPx1X5D8d5/KfbqgTFiSYVbGQOYjJFQKdoIxb10T91viLKQL60s"
    "ZmBNhl9cyV0xJJnRtULbL5fHifJuNrCW/dNFVDYXM5SiZhQJUHX3kgLOqDtLUxG3s+KWv2"
    "w09spqSuciL5AE6tBGZCbVTJikX7pl+4XPADpPArlIDvnYSWC53Tu8rmBZ6KtTtzUicqQo"
    "YIfVgBikzRxu0oeJi8+nHb6hqtrvEwdI30hqsf/UlgWoTuvfK2Yq76ZnqxMfhSGTRuk5eF"
    "MxnfHbSlPZwIClHsZXVDfY5zAGsapLLPhqHEk0hUH3USfdoq6vRxnU6Rx+WNIo9zfSITFW"
    "eRMuVHtiYQRtMED9VGJ8ffKJz+vnOsZyPHse5lVOjTV+e1/vXowHKEdd3HKciATrxHjw8e"
    "P2DvsilW05VSsMqqXZO71XZSpKY1qHnVEAeS4JbEqpIuAXPEn3mwKnVZKtgvYP4Cj4Sbuh"
    "/3mI/GLLGIo/HAV6njxG0C8VQKvFpUFbuVdy43k/Sj2uy0NjvNWGVwTbWfeqHn8FlqcCcA"
    "RrvmnnVJr0v+CntPe8dxprxyn0RnB2Bnh+S4gOSY+Eaeu7W1/NAcDXlz4eIuV7tzgEbreN"
    "Mxt8bk08WrjzDgp4s/yNQHgaVOmF7NWb3uetFoPkUuqPIcuBSQ4QlwrsDeo2jwnF18wlS4"
    "H3589S61+OPMuFj23lkL31Ry3F4q4m1Kh0lK9xnzgVkVatzRrWp1myaDlqna5bRdc4OXh+"
    "JFv6NcLldAS5udlUvo8m5nRsnmVX2QmzhBE3dVAwxHw/cQuxvpRhIdc5nHMHrgSoRmApKV"
    "mNwKyH/J/vViQGRU+w+zrsKM/MMHnN936P32/wH6sswU"
)

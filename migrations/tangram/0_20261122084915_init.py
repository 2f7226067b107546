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
    "version" INT NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS "event_history" ON "tangram"."event" ("tenant_id", "object", "record_id", "id");
COMMENT ON COLUMN "tangram"."event"."kind" IS 'create update delete restore destroy merge …';
COMMENT ON COLUMN "tangram"."event"."object" IS 'the object''s table name, which outlives renames';
COMMENT ON COLUMN "tangram"."event"."changes" IS '{column: [before, after]}; of creations {column: after}';
COMMENT ON COLUMN "tangram"."event"."cause" IS 'events that led here';
COMMENT ON COLUMN "tangram"."event"."request_id" IS 'request or job, for logs';
COMMENT ON COLUMN "tangram"."event"."version" IS 'version of the tenant''s model';
COMMENT ON TABLE "tangram"."event" IS 'One accepted write, in the transaction that made it: audit trail and outbox at once.';
CREATE TABLE IF NOT EXISTS "tangram"."event_queue" (
    "event_id" BIGINT NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL
);
CREATE INDEX IF NOT EXISTS "event_queue_order" ON "tangram"."event_queue" ("tenant_id", "event_id");
COMMENT ON TABLE "tangram"."event_queue" IS 'Events that the relay has not handled yet; written with the event, removed with the recording of its jobs.';
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
    "eJztPWtz00qyf2XKXwJVOhQ4JLBk71YFyC7ZA+FcCOexB8pnLI1tEVkjNFKML5v/frtnJE"
    "vWy5JiO2NHXyCWpqVR90y/u+dHL6Du2KfTR+euCKjjMOuSTT2HBqz3gvzouXSKf1SMMkiP"
    "el5qDF4J6NCRcHY8fhCkAYYi8KkZwIgRdQSDSxYTpm97gc1dhDsl8XgSTGhAKPx2qRuQCR"
    "Vk8dBH+DCLm/A02x03hAtd+1vIBgEfs2DCfID+88+eGj2wLRwhP/7LFwM/w2LfmcAx+NO7"
    "Goxs5lhLKFIw8vogmHvy2qdP56//KUfiRIcDkzvh1E1Ge/Ngwt3F8DC0rUcIg/fGzGU+fI"
    "iVwpIbOk6E2viS+gy4EPghW0zVSi5YbERDB3Hd+/sodE1EMZFvwn+e/iOaWmrYYHDx/nLw"
    "8exyMOjlSINTyGA9umRyF8lquwEi6seNem6CEHm1hy949eb0w4PD44cSBVwEY1/elOjq3U"
    "hAGlAFKpGeWohpAtVF9hLQOnEeX0iQnqznGJ0xwjRDcYJS+X8Om68m1C/GZjw+g0iY2A6i"
    "sDel3wcOc8fBBH4+f1yB0l9PP0isPn8sscqBgykmdxHd6ctby8i9Zr7AKTXAbwpkD1H8tA"
    "6Kn5aj+GkOxVzOSORR/O+P7y+KUZwCyaDYss2A/Jc4tgh2ENUVqEVk4JOnQnxz0ih98O70"
    "9yy2X719/zLLOfABLzOoT8Q7DfL4fw2IC+wpK5GAGdgsISLgR/Ef+0WOy/N3Zx8vT9/9sk"
    "ST16eXZ3inL6/OM1cfHGfotHgI+e388g3Bn+Q/7y/OsqRbjLv8Tw/nRMOAD1w+G1ArjZP4"
    "cnzpBnWd0VVKDuOFITWvZtS3Brk7vM/LxuZvTfvT7BXq0rEkEmLzxki0zncsoKgRnINyV6"
    "iWLg2o1kin0dCBHY9dqYy+dxmxmOlQn1mgVgLFXxDqEj78yszAAB1Tfgf+oRYeSZYBXry2"
    "2cwAOEYECwKAFnm9dTOvKFBxM9rsj15Cg54Hb1+oSVcwKlGC4Q/23YPlJCTfjB4Uk2EJp4"
    "NYP4h3ck8Cw2TxB/ntzdmHM+KzKb+WW5+cfyQXn96+7UnGkppNorQ1ersCK31/7+a+K/Cg"
    "RdC5UIsFvpwAHXygB2JBZNdlp9nrJzkaaPbxHq6recbjO7Wzhtq5xC3rrtclIP3Xaw9ZKr"
    "EDMmQOB6lCAn4iOYfadweC2BYZcR+ucQGsZJS6CWCCOaPNs5TOkt2KJQu4t4NCU/alPT53"
    "g5IFn4LKoNl2NTKxAAkWyEE6hWUuFzGufIErmoNqprYtaGQWiXlkDYKMcbo//a3fPzx81n"
    "98ePz86OmzZ0fPHz+HsfLb8reeVVDt5fm/zi8ulwmGF5bJNOTWvIkpHI/fBTu4RwNA+TAM"
    "mCDSnwuqL9AhnDJUg2c2fEEYEMSEJJU5sR0LCHdrFrQR29mbzIVtUqcJw0rD6My0lLllED"
    "VzAgJCPv+EgMHPTZwebCsTBlwxL2ihgS7zuuPDGrzu+LCU1+GtjEvJt8d2I6ddAqE3XeLo"
    "CMh0E/fJyOdTAwkEN4J5G+yvX9IoXA6acrIM2K0YWmR6bZocOFfkZEprikgjJrbnwQ6xAz"
    "0Zl+kzRNyg1LVdqgwUQOqsE9RXvZSk7z95+uzp88PjpwsBv7hSJdfzMjzxjjR1qi5DrsGl"
    "uqWNMLEti7lE2CAVTogX+mPYAHQUgGA4fEwsOr+9a2InPK5Fq6D5PiuAbLXPtkP8O99mww"
    "IxU27CL0PdwobXDLvtTXDdwgS/Rsu+KlLwa7I16gQLUjupXrwAHurYDG0QeCx7QWYTDhbK"
    "hLn4Lw0I+w6PcOYGETzKVHHnhFEfgHwiAtQDTOqSIXr6px5YPAXJLht8z+rkmBgjXX5Mlx"
    "+jq162Hq9ic/m7I/ptD82OaK7SBFFMhEypxRq5uNYmkUEfmnC/4epdAurkcSFGm3rGM2A6"
    "+zRaOsj7R09r+C1gVKnjQt7LYLuxwdblvuyAJTZlQoDOmaftJfteIgJSIHuxearIefb7Zb"
    "WTaUHNt+8v/hUPz3qeMk4mKYoaJfWlQHYimIHTwQDTD+4ZxLYMGVoyoliTIcMYBijmI+7D"
    "/9IXYpDPYf9x//hGT8eg59ACLamcYPH4naCWCKdT6s9fKKMJI04CTCzqu5htZRBUyAmYV7"
    "4trvShji6W+S/MtQAXv3H/qldklafvG5UWuadGDmbx0BqlJCJgHuEYLBzaYyIfFVeHfOVD"
    "YnEMJ0pfY6IEJ+HECXfwjST0iM9AM/aFDC7OfBsgClL5tvC+rnSlM8070/zFfia4qcdhSP"
    "aaOrYVlcw1NW+eHNewbp5klerEuMFb+59cleA6QSamlSyluAlzwqa0DRHWn5iAoqWJihWP"
    "3wkVS6YkS2STeN56qFFF0e/mpv4yZGfya23y0wDzMYICA7TU65sG0dnte2fxVoeKYMB8n/"
    "tNPCnLUFpLE5lDJaNvmF+FJecuD+DRtsNq5oxuw82ii1F4qSp1iuzBy0URT4UpmFT61AvJ"
    "mqEI+BSsrihNHbOtRtyfKtMLjLNI9sBtOxCEz9zikGvL56wuxursszu1z4QTjpsouPH49b"
    "Ck1ThuwZBkKjTos58+vFVehIBfMVecSOdiVAPWWrtdf0nNPpoYbcNTj+tgF0aVh6ce5/CL"
    "rsuwQKWpWOMLCJ1x3APeb18ztONEKNBFWFfebtpojstxG9lsKZidsNtM7s1jYSgzmqO/Zf"
    "EY/I1el0VhsiHrxb6Ftnkl/ZtIndsy/Y0YeumGRXW3SxpG6w2TrgOYgZ46sn0RyMQPLSsC"
    "9jcFJ1IS40TDEzL2+UyQ4VzWnUmFksG3zDOJfjXJsmYDjnncnOSJUFX/twDRmgoK6SlsR5"
    "lQQJ2YMrgjfHs8CeqWKN1J9V/nnWojP3bCO6WL2X52zUqsdnXHqDTa2WJMvTRq02QelgvK"
    "8Kex8M371BVU2Zsysiollx28IDS0QKQh2R1p8PAwGPLvGJnHgsOSHOoNvKRh65WlMJ/q+o"
    "J/+czkQDB1eXUnFIncwQS0Q+5Lyb2OFihV3L3Q1VDA2iNbdtv2b1NP51aYdRcgvi27bpL+"
    "ug8JmR+/Oa/VrwcHpsPNqwFOAUzzqffg4cHDeywT9z4XQGllJPRw4RGLOQz+A6QBg8efMF"
    "k+BxXVB11VpQa2sdcO+zXstcN+qb2GtzIV3AsJVpcaCYTW9EC9QE31QESZXSpPczaxzQkq"
    "Ao59zYRe3QyWtIj6ZY4poE6uZOWKGTSvU0nBdGUqRfhsysKXoXRmHC2jAOt3SCuUNS4HWo"
    "LaQ0RvpBpoL2oYUsrn597Bj5uDFy++Cu4OP/cKFM/eD/UpYNYsFS58uTlBX5rUZtBwJYtx"
    "8ram9QwmDUXBNjn1fTovIV8MkSGeDlQbYnec4M8vxYSTrgOh/BwOs8iE+TWdzCvN4D+/5P"
    "QR+DpRbOiW86BlqDvmQQUYjOaHfuKvfKjCXA4ft9MB63Cj43JmdJzjRTscQXmcx3VctLzU"
    "cBI08ikHE2l7sRGtXLL/GzKJ5hK/rLptrHbODr4tRq500Z6luAYSwmcOnS8S30CWWchL5i"
    "w4kb5VoJMKsuBY+TIj7gSdXFeGB1bARLEx2E0FZTbbe/Vn97N7Ghl7SU4XluZJdk+m1L9C"
    "GAoPsqT7WK5v9Rbi8xl2+IonNOOhEzmaMfZKiYB3YmIOepdu6zhW9KvrJ5Z0Hsi+l218xY"
    "uX5VhKZTzwurT/bUu20jmOO8fxfvUxeiN5hf+OllRLpu9XM3TFdfzBlNatlrxE9jgaMTOQ"
    "zW9pxLh8qc5QcsWQx3oeLAnrxYKxlgfMrlSW4TTPvzf5otX1kdHL8E940+0qJbsAWcfndo"
    "rPpe2C1Eaoa4ilQPbQE/SkVuLtk4rE2yf5xFvkMQ0wHA3XGbu9hR4tDwGQCYN4Cfm2ZOdY"
    "6R6XtC+SPrTIgtY7JlyPq3chYd3TpP7Nh4XKG16vVtq+RiNW6mrYLkPpPzaapKgoYdJoWp"
    "HC35G1iwvEx23KUSfCjfqIvMb7aOQS6rPYHjaIxSg2aAeVCs8Kyutu23zxrXW5cnPZBTM3"
    "yndcbTPDZAeYr16eVxUdbaWaav4POZCjDyrOtWozBYdzsfJ0rcwUyOnFa7gGP6Z4ccWU6s"
    "0jBAT7gxmtiY7zC/LgQKC0MGBWoYtdc4BNVU5Ezbj+lJLx1fORePj7PwAREWJwgvgbV98K"
    "5KTWWr1J4TNrkyuaQGd9dNaH7kpzZ3101scdWh9J/So2AjtJXPixDmJL3UQ59KPTZrQxQB"
    "JBVb8MM4bQmipSoYuOzIrkLMh6+VN2P0NNUKbXy6DDya2KzDZCmTg6UZCzURH1X4Lauci/"
    "bBOvtgsdgrV+omiijvVD1f32R2+U5AF4dO5wWiBOK1pGJiA7cL7POqTpRjJbpMbZjAHtQl"
    "WrNHcMIlR0V1kZyGRiJbxxIWudOtbyMta842mHewrlszCaqu9rK0MF+hZx6FIkLsbrhsGe"
    "dNpJnQWP/eZSg5Fh+RMSMMcRmB8QUIeRqJ00oR7163pS14z1lKuiie80BaZVUc0K/ZIHUe"
    "vlWwu/nfCaZrZXG0KnwHbm3LF74xVP0xctpmY2dwKhX9ql53MTmKNyR4PMF7XPTdx0yqXD"
    "qGCD0A3sgjNeq/dSBnRn9lNP9r4DoWU7mPum1g0xeYipelSQMZiC94+h7kHfww2xzo2cHL"
    "GPLTC6eK/u8d5LdJX0CptZyjtGdS/LxZiVUd+PfMqCCVq2YDAMGbGW3Gsn2Mppcby2bPEE"
    "C3QizxqgLnGxvU0+oLumZ66O1ca1eisDtRY8p25cVCJvYIUr46LyM+Cx5Pwjufj09m0u1h"
    "cPqPdGObrRO99fRu/tQnxdiE/3yNR6Qnx72ZYhHWmK82BM6tRu89wF/W4X9FMpRRj0s11Z"
    "kIOr5iTuMSkLa8aAbIJpRW0NwidHtahyVEGVo30K/d2GuW8+cpfoC000/gRKK22/81llTe"
    "guVHhXocKFStxwa6XhdsZ/dS/3VucwuVek18Vh8hsbTji/es2wY5Y/7xW5TrJjjEonykyN"
    "hmWQGl6rzWgcXl1krruWx23MIpCJZTJFxsSzFGT9d3EX0RbPuFWtd/T42lnbWewM4ieUej"
    "By7pHUfm/6sgi04l2NXCLd6Sfd6ZTauz4yW7QuUjNgHVpLkjSbOUpv3XhCMw30bvrLS5Tl"
    "8F5xIEY0Xmu/kgjNCUan44O9Hql2q+18ef1aXqN+hdeon3Nu4KEqeayXh47j8VpjHf14aH"
    "AuHKjCHrvMkg3VVQbncB4odQr/qEeMbQeb9zSRNjplHQsypf6W1Gb6RFzZntfW0V3Lz13h"
    "5t6rlFpNj+ksOyWsPL+27JAwnQRr783l5S9ETTXuG4cpNiRaDzXX89qPRAUV2pwPpk3wvQ"
    "ykMc7vbAmD8ujBGwo4c7nQTMNozZyHbGxHpQ3pZeyKmUoh0U9KNs590yXtbVWyIyguM5no"
    "6HNsABi05CrbpofDCw46LY+kRMM1aUi8WqtE/piQQKCbg4I6qXi/SmBS7NMgcqHdfLk1mT"
    "YSevHDJv1ao9E6qzT5c9ZAs0w5a7cvKPYy9tGFuLIhrogVtCJ0FrYLZupM6YXB2iYbJAPb"
    "UVo3SmsWuzyLI2gVscuzVJStRuwyHZRbHbs8xZPdc13QY4dawB0Lb6re/vmoZWPo1fHKLo"
    "jXBfFu3dzw7jGcYDT0C4r3yt270XCdzdbWWZtP67RDwGEVeZtPc00R0pNrgOgM2B4i/KhW"
    "muxRRZrsUT5NdmQ7QdTRpa71nwLZCQ/Anz+kUDVkTjiY+Hi8go03b77ErW1wxjKwpIzQBu"
    "1pt+0CsF3TCS02UI2s8mR7ybnDqFsiRXPAGQIOAVojymGfDtXTawJfFTXvMuR5Htx15lEK"
    "lTwhq2b4qSre/f792yVyvTzPes4+vXt59uHBE0k7GGQHJUFx2c2KNaVOCkpvslB4jO2gvz"
    "n21RCgjyWkI03muq2hQ9T6qCGY6bMC26/c25xA6CxGeqbtgdIdwGfo6VX2fHZt81AMmlOg"
    "AHRHSBGbT2riJD71rllnuzujVKvmFHnonXGU9OSUiexSkaOaTECRbSpmzKl5itiuO1SW0x"
    "WRFk3FWApKazG2DrtxjVLKsoXEG/YUFw1Nnzyo1sxyNplHm80H5YHE0yd20JRPZo4tr2Ug"
    "HVYYSIcFBpJSdQbCjjrGNqp5ygLvDmMc2T7aRPABIXBCeSprEswWoYk9lu4fS+zCg/eKzM"
    "OCLNtyv+kyVHeie8ZxqnKoW2ydZchu62i9dXb4XGGNchd1iWv+05Yzzwcz5Q2jMoI5iofU"
    "qrgMPSzOBy0QwR6R08jbdyDkBVkEYE9lOaWcuvQ4yU4fwFazeshaHrg6tpkpwEwXQ3Zhzy"
    "7sqQs/Wo/4lv/nsFlulMbjtbZEqViwCWNxOOEIGAGIJMkhAJWBzx0MMiALq332QSZUenRU"
    "J1J6dFQeKMV7Gbe2/X9sgIVQBcG7qrrHZbh9krhbLn3EtYElpE1LILNwWu8QKSIFGUqPje"
    "0T5RaQy8dQ5/dJB6nFTIf6bSskq2iRVEg+q6iQfJbbHRPaPzou2hku9UuObUlgso7LeLfo"
    "QZS1eC6jePPCpABkvjy/OP3wR3Ec4WVBfPrlH5dnpzkrT7HThqZzBqyznbus9HtiO+ti6Z"
    "2asit7r8jYi+8ZlfYeTY2qkajqgejgePIX8XyOD1OJplM6l3E3PBUs4LJxjlLMT6T7mQ+/"
    "MjMgf4WC+X9F2aj+PBpC8LwfTFjFbFWcVlGK69beu7r5MZtS28m1Pe5sx8523AHu2qRBi1"
    "znDVTkBYDWurHDZ3iYBcUnCa7YiHqniweQADPhgBM5oJ3VWOcEEhhVYTXmziDZRzO+dQLz"
    "BtrOelSIGQdpPKFi0gTROUCdMd6j/pi7fduKE2hlAo3LSfwVsOhdPDcAxGUrm3AjtPG5U+"
    "QsqTjIcwFx14d4bl5XPvs9fx5nWeOP6m42hZ0/NFu+oKNcM3kSZJR80spxcVzHb5E1KFJu"
    "i+Mc93BoMOL+FIyGqe3a+OqgqFFCZQJW+UO0zsfqoQauzNVIrVYuWKCVTM2n7jzKrZzWI9"
    "Z28ramoQgGKgd9EHO/hgQre4Te5EKraMHu0fABSQD4q1u4vx3qYP6S9H407gpVAKmzr7yn"
    "Oo7EBMHmaa7JUhlboI3+ZLs12dyamyosdJuoVqOFH6vkETuTT3dv/Fm5c+5w5Q1stwXNC8"
    "A7eutM785Nfa/I3GVHrqBslx3ZbR1WSOam0VGr2zqlW8diDmu3dZYhO91C553T5RWv2yrj"
    "M/j8hnGuNEzHh7J8yKN+MC07i6AcqTnADrP6ZMCfevbPrPgwouiWUZ0V4dmD6CzNOlkRMF"
    "R5O+PsBAMdoNhrgaI7lERJFqplpuDx6UGCyFBFUb7DGp7YtfnSYEMYZHdzFnavzVe0Kxqi"
    "dBmqw2mXe7DNE549n43s700wnECsB8ebODG+JyagdWJaHkbdhUFG2MZLRjZ8sBXaIH/tcV"
    "uQsSUJH1X55mkovTPOex/fnP7UPzqOm9uoflyRWqNlHnqX61GO88Jcj8533wqVu+ZG6Xz3"
    "G0hv/e7ZcLfF1lmG7ByQOu8cGY3GfMa2kewU7M5Quhdw6RgA7Uu6Bqa2GwZraO+4c9T32T"
    "W/akX7Zcidofy92eO6OBo/sBF8yeQSFovbK3I3Lg0wKp2Ovho6CBZja/XgcGz3ClV8ivXu"
    "sOXhz+hJRD5JnCxuPRjRqe3MH2LmH9ZKRfllBCur4KfFrm2zoPxqY28pLrbCxykTqyuy6h"
    "yWe+1c6xyW68ep4j4NUboE1GE0c1x4wpFzKK1ylS3D7ZazbCGENXWUBdK0D3iTRb4Mpb1D"
    "QBYruNidG5UP1C8kUVTJJqwqqU3MsBtQ7Xq1rrFDZ1fUth418hDtjljZOSp3PoL7QeWm/d"
    "l3qC27HUgxGK1HY1HdjR0zbZSe13Wdf5nW7P0aIdfDfnlj9v5DjXLCXqHNJJ0MeS9NfM+o"
    "dNCYqVErXTOXcRGfG06HzCdjoIJLsFUhaJjSLcJ8m4kXoNbILzgQBrGVh8SDO7ygQep6Hr"
    "m6ww2GiG/leqnqZFhoYhXk9kbMcNuJC00Te7fSvnB3XTK6CKwG2n2UIFFXTkTDtRYSqr2V"
    "mvMLxQrayIMnx7Xyn44r8p+Oc/lP19QJCxLMqljIAkTnCoFeUMata6J+a/xFFwF9bmEzAu"
    "yyeuqKWYmkzg2qFtn2YviAJuNrCW/VNFVBYXM5SqZhQKUHX3ogTOqDtLUwG3sxKXP+089s"
    "LqWudCL5AE7NBGZKLVTJikX7pl+4WvADJPcrlIAfvYSWS53TDWnzAk/F2p0FqRMVIUOEAa"
    "wASaZo4/YkPExe/rjpdI1O17gfukZ6w9WP/iQwHUL3Xnlrmau+mV5sDL5UBI3b5GXhdMZ3"
    "D21pDyeCQhR7WV1T38Y5gDUNUtlno1DgSSSyjzqJPq2NOn1cp1PkcXmjyONcn8hExVmmTP"
    "mRrQmE1jTBQ7XRyfEXCqe/bh3r2chxrHsZFfr4zXmtfj04MB1uXg1wCiKgU+/Bw4OH99i7"
    "rIvVdCkVrLJq1+RutZ0UqWkNal4VxIEguCWxqsQgYI74cw9WpSpLBfsFzF/gkXBT9eOe2O"
    "MJSyziaDzwVeo4cZtAPJUCrxZVxW7lnavNJPWoLjuty07TVhlcU+2nWug5fJYa3AmA1q65"
    "JwbpG+Rz2H/cP44z5aX7JDo7ADs7JMcFJMfEN/Lcra3lh+JoyJsLF3e52p0D1FrHm01sc0"
    "I+nr36AAN+PvuDzHwQWPKE6XbO6nXXi0bzKXJBlefApYA0T4BzOfYeRYPn9OwjpsL99K9X"
    "71KLP86Mi2XvrbXwTSXH7aUi3qV06KR0nzIfmFWhxh3dqla3aTJolapdTts1N3i5L170W8"
    "rlcgW0tNlZuYQu73amlWxu64PcxAmauKsaYDgavofY3Ug3kuiYyzyG0QNXIjQTkKzEtM2A"
    "/JfsXy8GREa1/zDrKszIP3zAy7sOvd/8P+ui388="
)

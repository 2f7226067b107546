from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "tangram"."flow_history" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "instance_id" UUID NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "act" VARCHAR(20) NOT NULL,
    "node" VARCHAR(63) NOT NULL,
    "token" INT NOT NULL,
    "task" INT NOT NULL,
    "actor" UUID,
    "outcome" VARCHAR(63) NOT NULL,
    "comment" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "dwell_s" BIGINT
);
CREATE INDEX IF NOT EXISTS "flow_history_instance" ON "tangram"."flow_history" ("instance_id", "id");
COMMENT ON COLUMN "tangram"."flow_history"."dwell_s" IS 'seconds that the token or task had been there';
COMMENT ON TABLE "tangram"."flow_history" IS 'What happened to an instance, line by line; only ever appended.';
        CREATE TABLE IF NOT EXISTS "tangram"."flow_instance" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "flow" VARCHAR(63) NOT NULL,
    "number" INT NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "record_id" UUID NOT NULL,
    "status" VARCHAR(12) NOT NULL,
    "initiator" UUID,
    "parent_id" UUID,
    "parent_token" INT NOT NULL,
    "parent_visit" INT NOT NULL,
    "variables" JSONB NOT NULL,
    "next_id" INT NOT NULL,
    "trail" TEXT[] NOT NULL,
    "agreed" TEXT[] NOT NULL,
    "last_task" INT NOT NULL,
    "failures" INT NOT NULL,
    "version" INT NOT NULL,
    "started_at" TIMESTAMPTZ NOT NULL,
    "ended_at" TIMESTAMPTZ
);
CREATE INDEX IF NOT EXISTS "idx_flow_instan_parent__9f7d51" ON "tangram"."flow_instance" ("parent_id");
CREATE INDEX IF NOT EXISTS "flow_instance_record" ON "tangram"."flow_instance" ("tenant_id", "object", "record_id");
CREATE INDEX IF NOT EXISTS "flow_instance_flow" ON "tangram"."flow_instance" ("tenant_id", "flow", "status");
COMMENT ON COLUMN "tangram"."flow_instance"."number" IS 'version of the flow that it runs on';
COMMENT ON COLUMN "tangram"."flow_instance"."object" IS 'physical table of its record';
COMMENT ON COLUMN "tangram"."flow_instance"."parent_id" IS 'instance that waits for it';
COMMENT ON COLUMN "tangram"."flow_instance"."trail" IS 'nodes where people have acted';
COMMENT ON COLUMN "tangram"."flow_instance"."agreed" IS 'accounts that have agreed';
COMMENT ON COLUMN "tangram"."flow_instance"."failures" IS 'tokens that have failed';
COMMENT ON COLUMN "tangram"."flow_instance"."version" IS 'grows with each transition';
COMMENT ON TABLE "tangram"."flow_instance" IS 'One run of a flow for one record.';
        CREATE TABLE IF NOT EXISTS "tangram"."flow_stock" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "flow" VARCHAR(63) NOT NULL,
    "node" VARCHAR(63) NOT NULL,
    "edge" INT NOT NULL,
    "taken" INT NOT NULL,
    CONSTRAINT "uid_flow_stock_tenant__388570" UNIQUE ("tenant_id", "flow", "node", "edge")
);
COMMENT ON COLUMN "tangram"."flow_stock"."edge" IS 'place of the edge';
COMMENT ON TABLE "tangram"."flow_stock" IS 'How often an edge of a draw was taken, where it may not be taken for ever.';
        CREATE TABLE IF NOT EXISTS "tangram"."flow_task" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "instance_id" UUID NOT NULL,
    "number" INT NOT NULL,
    "token" INT NOT NULL,
    "node" VARCHAR(63) NOT NULL,
    "kind" VARCHAR(8) NOT NULL,
    "status" VARCHAR(9) NOT NULL,
    "assignee" UUID,
    "candidates" UUID[] NOT NULL,
    "place" INT NOT NULL,
    "weight" INT NOT NULL,
    "opened_at" TIMESTAMPTZ NOT NULL,
    "due_at" TIMESTAMPTZ,
    "done_at" TIMESTAMPTZ,
    "done_by" UUID,
    "outcome" VARCHAR(63) NOT NULL,
    "delegated_by" UUID,
    "after" INT NOT NULL,
    CONSTRAINT "uid_flow_task_instanc_546ff6" UNIQUE ("instance_id", "number")
);
CREATE INDEX IF NOT EXISTS "flow_task_assignee" ON "tangram"."flow_task" ("tenant_id", "assignee", "status", "id");
COMMENT ON TABLE "tangram"."flow_task" IS 'What is asked of somebody.';
        CREATE TABLE IF NOT EXISTS "tangram"."flow_token" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "instance_id" UUID NOT NULL,
    "number" INT NOT NULL,
    "node" VARCHAR(63) NOT NULL,
    "parent" INT,
    "phase" VARCHAR(8) NOT NULL,
    "since" TIMESTAMPTZ NOT NULL,
    "visit" INT NOT NULL,
    "outcome" VARCHAR(63) NOT NULL,
    "expected" INT NOT NULL,
    "arrived" INT NOT NULL,
    "pending" TEXT[] NOT NULL,
    "item" VARCHAR(36) NOT NULL,
    "side" BOOL NOT NULL,
    "back_to" VARCHAR(63) NOT NULL,
    "failure" TEXT NOT NULL,
    CONSTRAINT "uid_flow_token_instanc_a8cfd6" UNIQUE ("instance_id", "number")
);
COMMENT ON TABLE "tangram"."flow_token" IS 'One place where an instance is; gone when it moves on.';
        CREATE TABLE IF NOT EXISTS "tangram"."flow_version" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "flow" VARCHAR(63) NOT NULL,
    "number" INT NOT NULL,
    "current" BOOL NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "trigger" VARCHAR(16) NOT NULL,
    "events" TEXT[] NOT NULL,
    "definition" TEXT NOT NULL,
    "note" VARCHAR(500) NOT NULL,
    "published_at" TIMESTAMPTZ NOT NULL,
    "published_by" UUID,
    CONSTRAINT "uid_flow_versio_tenant__2ef031" UNIQUE ("tenant_id", "flow", "number")
);
COMMENT ON COLUMN "tangram"."flow_version"."number" IS '1, 2, 3 … of one flow';
COMMENT ON COLUMN "tangram"."flow_version"."current" IS 'new instances start on it; at most one of a flow';
COMMENT ON COLUMN "tangram"."flow_version"."object" IS 'physical table of its records';
COMMENT ON COLUMN "tangram"."flow_version"."trigger" IS 'manual, record or schedule';
COMMENT ON COLUMN "tangram"."flow_version"."events" IS 'kinds of events that start it';
COMMENT ON COLUMN "tangram"."flow_version"."definition" IS 'the flow as JSON';
COMMENT ON COLUMN "tangram"."flow_version"."note" IS 'why it was published';
COMMENT ON TABLE "tangram"."flow_version" IS 'A flow as it was published; never changed afterwards, but for `current`.';
        CREATE TABLE IF NOT EXISTS "tangram"."sla_breach" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "clock_id" UUID NOT NULL UNIQUE,
    "policy" VARCHAR(63) NOT NULL,
    "metric" VARCHAR(63) NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "record_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ NOT NULL,
    "noted_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX IF NOT EXISTS "sla_breach_record" ON "tangram"."sla_breach" ("tenant_id", "object", "record_id");
COMMENT ON TABLE "tangram"."sla_breach" IS 'A promise that was not kept: stored once, whatever becomes of the clock.';
        CREATE TABLE IF NOT EXISTS "tangram"."sla_clock" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "policy" VARCHAR(63) NOT NULL,
    "metric" VARCHAR(63) NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "record_id" UUID NOT NULL,
    "round" INT NOT NULL,
    "state" VARCHAR(8) NOT NULL,
    "calendar" VARCHAR(63) NOT NULL,
    "target_s" BIGINT NOT NULL,
    "started_at" TIMESTAMPTZ NOT NULL,
    "stopped_at" TIMESTAMPTZ,
    "due_at" TIMESTAMPTZ,
    "run" INT NOT NULL,
    CONSTRAINT "uid_sla_clock_tenant__35de1c" UNIQUE ("tenant_id", "policy", "metric", "record_id", "round")
);
CREATE INDEX IF NOT EXISTS "sla_clock_record" ON "tangram"."sla_clock" ("tenant_id", "object", "record_id");
COMMENT ON COLUMN "tangram"."sla_clock"."object" IS 'physical table of its record';
COMMENT ON COLUMN "tangram"."sla_clock"."round" IS '1 for the first; grows each time it starts again';
COMMENT ON COLUMN "tangram"."sla_clock"."state" IS 'running, paused, stopped or void';
COMMENT ON COLUMN "tangram"."sla_clock"."target_s" IS 'working seconds that it may take';
COMMENT ON COLUMN "tangram"."sla_clock"."run" IS 'grows when its timers are set anew; late ones are told by it';
COMMENT ON TABLE "tangram"."sla_clock" IS 'One metric of one policy, running for one record.';
        CREATE TABLE IF NOT EXISTS "tangram"."sla_interval" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "clock_id" UUID NOT NULL,
    "begins" TIMESTAMPTZ NOT NULL,
    "ends" TIMESTAMPTZ
);
CREATE INDEX IF NOT EXISTS "idx_sla_interva_clock_i_a17c70" ON "tangram"."sla_interval" ("clock_id");
COMMENT ON TABLE "tangram"."sla_interval" IS 'A pause of a clock.';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "flow_history";
        DROP TABLE IF EXISTS "sla_clock";
        DROP TABLE IF EXISTS "flow_task";
        DROP TABLE IF EXISTS "flow_instance";
        DROP TABLE IF EXISTS "sla_interval";
        DROP TABLE IF EXISTS "flow_stock";
        DROP TABLE IF EXISTS "sla_breach";
        DROP TABLE IF EXISTS "flow_token";
        DROP TABLE IF EXISTS "flow_version";"""


MODELS_STATE = (
    "eJztXeuT2zaS/1dQ+mKninZ5NA87nr2tmnFm49n4sWuPk8utUwpEYiRmKFIBqJF1Of/vhw"
    "b4fomgKA0k44s9EtEk1QAa3b9+/TUIsT+hePb02mch9jzi3JDZ3MMhGbxEfw18PIM/GkZZ"
    "aIDn88wY+CbEY0/QufH4UZglGLOQYjvkI26xxwj/yiHMpu48dAMf6C5QPB6FUxwizD/72A"
    "/RFDOU3PQp3MwJbH43158o0i18988FGYXBhIRTQjn1f/4zkKNHrgMjxI//7TcLfoZDvhAG"
    "Y+Dj/G506xLPybFI0ojvR+FqLr779On6h3+IkfCi45EdeIuZn46er8Jp4CfDFwvXeQo0cG"
    "1CfEL5D3EyXPIXnhexNv5K/gz+RUgXJHlVJ/3CIbd44QGvB3+7Xfg2sBiJJ8E/J3+PXi0z"
    "bDR69/5m9PHqZjQalKYGXqHA9egrO/BhWl0/BEb99VXeN2WI+HYAD3j1+uLD4+Oz7wQLAh"
    "ZOqLgo2DX4KghxiCWpYHpmIWYnqC2zc0R98jz+ImV6up5jdsYM04zFKUvF/yVuvppiWs3N"
    "eHyBkfzF9pCFgxn+MvKIPwmn/OOLZw0s/fnig+Dqi2eCqwGXYFLIvYuuDMWlPHPvCWXwSg"
    "r8zZAcIItP2rD4pJ7FJyUWB+KNWJnF//z4/l01izMkBRY7rh2i/0Oey8I9ZHUDa4EZcOcZ"
    "Y396WZY+fnvx30Vuv3rz/rIoOeAGlwXWp8c7Dsv8/4EzLnRnpOYELNAWJyIifhr/cVjTcX"
    "P99urjzcXbf+Xm5IeLmyu4MhTfrgrfPj4rzFNyE/TL9c1rBB/R/7x/d1WcumTczf8M4J3w"
    "IgxGfrAcYSfLk/jr+KuvoOvc3mXOYfhijO27JabOqHQlGAZ1Y8uXZsNZ8Rvs44mYJODmVy"
    "vVOt+SEINGcM2Vu0q1NDegWSOdRUNHbjx2rTL63ifIIbaHKXG4Wsln/CXCPgrGfxA7tLiO"
    "KX4H/CEXHkqXAXx575KlxekIYiQMOTUr663beUSFilvQZv8apHMwmPOnJ2rSHR+VKsH8D/"
    "JlzpcTE3IzulE8DTmejmL9IN7JA0HMXxY+oF9eX324QpTMgnux9dH1R/Tu05s3AyFYMm+T"
    "Km1KT5dktc8ffP3WFXiuReAVk4uF/3LE54Hy+QAusOK6NJq9fieHgmYf7+G2mmc83qidLd"
    "TOnLRsu15zRPqv1wGIVOSGaEy8gJ8qKAzOheSQ++4RQ66DbgPKvwsYFyW3mYucjBHvdvsi"
    "xViyO7FkOe/dsNKUvXQn135Ys+AzVAU2u75GJhZngsPPQTzjy1wsYlj5DFZ0wFUzuW25Ru"
    "agWEa2mJAJvO6T74fD4+Pnw2fHZy9OT54/P33x7AUfK35b+dLzhlm7vP7x+t1NfsLgi/w0"
    "jQNnpWIKx+P3wQ4e4JCzfLwICUMCz+WqL5+HxYyAGrx0+S9YhAg4IabKnrqewyduYxG0Fd"
    "t5Pl0x18aeisDK0ugstKS5ZSH55ogfEOL+54gb/IENr8e3lc0H3JF52EEDzcu6s+MWsu7s"
    "uFbWwaUCpETdiasE2qUUes9L7B3hZ7oN++SWBjMLJohfCFdduN//SSN5OVKVZAWyjQRaZH"
    "ptezrgXUGSSa0pmho2dedzvkPcUE/BZVMCjBvVQtu1ykAFpc46QXvVS570w6OT5ycvjs9O"
    "kgM++abpXC+f4Sk6ogqq5il7gFR3tBGmruMQHzGXnwrnaL6gE74B8G3ID4bjZ8jBq82hib"
    "1AXKtWgfo+q6DstM92M/kPvs3GFcdMvQmfp9rAhteMu91NcN3cBD9Hy77JU/BzujXaOAsy"
    "O6mdv4Df1HMJ2CD8tuQlWk4DbqFMiQ//4hCRL/wW3spCLIgiVfwVIphyIopYCHqAjX00Bq"
    "R/NucWT0Wwyxafsz44JuaIiY8x8TG66mX9oIrq5++e6LcDMDuidxUmiBQiaIYdogRx9XYi"
    "c31oGlDF1ZsjMudxJUdVkfECmc6YRkeAfHh60gK34KNqgQtxrcBtZYPNxL7sgSU2I4xxnb"
    "M8tzfkS80RkCE5iM3TNJ1X/33TDDIls/nm/bsf4+FF5KkAMomjSCmoL0OyF84MeB1wMP0V"
    "zC3kOpZwLVmRr8kSbgyLK+a3AeX/CyzEQp8Xw2fDs696AoNzD1doSfUTFo/fi9lii9kM09"
    "VLaTSBx4lxEwtTH6KtLAQKOeLmFXXZnT6zo4tl/i/iO5wXvwT0blBllWevW40W+VyOHC3j"
    "oS1SSVhI5igAZ+HYnSBxqzg75I9gjJwA3IkCa0yV4NSdOA08eCJazBElXDOmTDgXl9TlFB"
    "WhfDt4nkldMaa5Mc1fHmaAm7wduGTvsec6UcqcqnlzdNbCujkqKtWpcQOXDj+4KuV1ykwI"
    "K8mFuDF7Sma4yyT0H5gAR4uKihWP3wsVS4QkC2aj+L31UKOqvN/qpn6e0pj8Wpv8OIR4jL"
    "DCAK1FfbMkOsO+D+Zv9TALR4TSgKogKXkqrU8TEUMlvG8QXwUp534Q8lu7HmkZM7oLmEUX"
    "o/BGZupU2YM3SRJPgymYZvq0c8naCxYGM251RWHqEG11G9CZNL24cRadPfyyGzIULP1ql2"
    "vH+6xPxjL22YPaZ8xbTFQU3Hh8PyJpPY87CCQRCs312U8f3kgUIQzuiM/OBbgY5YB11m77"
    "T6k5RBOjq3vqWRvu8lH17qlnJf4CdLmoUGka1nhCoTOPB1z2u/cE7Di2YAARtj1vt200x+"
    "m4SjZbhmYv7DY7mK/iw1BENEd/i+Qx/jegLklisiXyxf5cuPadwDdhdjYV+lsx9LIFi9pu"
    "lyyN1hsmmwew5HrqrUtZKAI/tMwIONwQnEhJjAMNz9GEBkuGxiuRdyYUSsJ/y6oQ6NdyWn"
    "o24Mg8sKflSWjK/0tItJ4FyfQMt6NIKD478czAjqDuZBq2TVF6kOw/g051OT/2Ap3SxWy/"
    "sG3C2I+0znbPXrcaDXgsRo4mtLUZ/0FsQPCtgnSkxA6oI86qKIBRfsOkt3VGCLhc+TJwRA"
    "qyhSZcSeQDA0G9YNyEB10EI7G0S7b+Nh/22f/sXyDxy4XDlwufqeuJ49hlIOsp5BhYAj+i"
    "5J5bbY6EF1xfnBdwE0v6heHpnIwrvZEEcyXsZHsBI45IuZQKGQ4/+/waxHmLMjORnyOJZ4"
    "h81OyOPUUXsQQUtxW/NlhysxF+C79HlAPRpcgMcCJyZ8rqNvCXZGWLWi/ZJTOCW4kFVV3o"
    "pbaejCUwEpUngcItTYp2zxrj0J6q/hxB1PAMAw8Z9/0eHKYK7vtkmyhwNEujP0OFT9MGES"
    "yE6wTfg4yPkOIA5OUOai6lDM8I37b8zpDoz+4dr9/0AGsLEKQUesMDfNXKV33EogA2GY7K"
    "tRSbL9xF6HHthulVtCFVIhSWd45I++QR8USpR/L/ywqokDaxCrpLwZJ7aFvPbo6o037Yn5"
    "SdrQTJY7um8u0FpXhVE6WQ0hRYrheq3BfT//NbaakCK9SYFumDuvMs/m0FOd1bdcdKfrIp"
    "niuB5AmB1keg406IzM9ItDdu+JI/F9gDy1mYbEl9MLrwOkVpDlvloDWkoJUy0ETM6AgwfF"
    "UAME9pAEDtAMDyNC/80K2oH9ZmnhPSvakR803Os5imkYTyyhNd70Mu0u1DMay/4mrXMdSa"
    "6IdfX0bwJkTWhVMuh13hMtv4QNuK45gSzNQU4ZRC5yNRWzWY8lOZAECrXMknT6e9+bdjeC"
    "PlT5dCZHlao09ofc7EHifFHVQg034DSfwk62oLfA8qMN4RUcd6l5BJwrsORSPypEaF03lr"
    "Re7bTjI0S2lmeR9mWVUDyVJpLz53rH+ION5KjtaDS1kajSHlQRLUQcntgsEf0liz+Atgn9"
    "2SlmfRNgKYdYk0+hB45IIxd+JDeMqgKtioMMRqjDeifPAI50e3KB8BZGjKXzkTwAOFWZjr"
    "iByKTOcLbNvBIml9oRRGU6ghsZuHKsbuRE9qEdhSYPUoohTToR6tA3dTfaKgqX+cCaYxwT"
    "SHdVpmNqcCT/NUhqlFCCSSIm3Vj3j8QeB4207308hXtasy9yLUF94bzmUILD5HaUhHKJqi"
    "bIxB7J3t9A06s6KVIF5cLAULUn5AV4Mjc4wZecTAIrA3Lya3d8uBBQtqq0UUJBQ6y90Bdm"
    "Yun2gIFoA0AuDbwxl5xmP1kNVNTZrWtyDJ4slSAwXzVAYULMoqA6cf/s4xcHo/O0cXKPdi"
    "4bjhqymx7+aBW5c4WhhjNSePwuiRnR++Fs29mQKqih0R1wk4KfQQDRN8FdBD4sR1nO7ISg"
    "Z+ZvVyWb4XEixBhS9Dt1t5giJOmwPKGPlzbRpigZcjoLH6wU6bigNUgk4VlQGi7bgZbLpN"
    "oGSHuf4GU92hshHtg/YrOiLQudiFlqs6ZfkUs8oSIz6mNckZMUWB6eNVKFMe9oztTRyMIl"
    "ATDY6bopfX7y4+/FptjF5WRKxe/npzdWHa1nwbSnQ1rNPgvtgLWIdLWezJ2Al+fAlHaEBB"
    "l+qUiNo/nMbfpPIUbqhLn1BozXeZVXZz8e7HDxdv+ahXH/jAn65+jbRaPbgP74LDBa1AkJ"
    "tOkRyZ3kfJ4PXbi1dPPr6+eDI8PdvYP9DnoaKVuXnlh3Q1qLU05WWrhZFJkpFr7cuPwYxA"
    "kZ6JNOugtJ4T+GD3ESKkVBTu9RRdzGWdSgv5UHIsitlxzkV5n7mHbRIX6JE2JJQF8pF48z"
    "euf1c2PHf76E0s0hZ1cVK+j9Iyzx0ih/hkJa0h1R4rKDs+Na3yoPbMlM5Y3vrZKMby3vSo"
    "UYlmOgST5OOf3g/y0+NHwpk/gldgIZ7NH3/36Dtjpkh1+RCbOPFDlx+8lB+vT4WEfwoS3i"
    "VM6h4/RT9BuWhOm3oBZ/X1As7KHWszB2T7mMHQ9Fuuk1uCN6pLOk/1wAt7k+N4y7ad5JNy"
    "M+sc1aFwdysNrPe4olmFEJaVy6I0ibi6gEiniHu2PGIoXhfKq7tVh4ajhg4NR+UODVFJr/"
    "IENBQnytA8dHWijMLzefDor6+PXr4Mufnyn98+Dyq0HW6FiAo6cQlbsDPHwWLzsg6VdYrk"
    "wKQQUmv2Rgr/3nG3r+C3EiO5agfGrJIETkn0kxI+CaGbMIpeMpYXULWzWxbeFrS0SZSv1p"
    "rhMYF+7P7E1eInF/B+m3N6K11yotIVihB+nko7tndUMvpfyg4JcVWcf30to5RCk244FXL4"
    "Dxb44+pDbhZQIqL7Qb2HNExuF9qUtO0j0cD/g2sTn0DMg1rUXly1WoD2XjywVUyYRL0hZM"
    "tHAotFcaH9uAuwgMKrw71UiNe3bhfxWgUsvRb3lbixKvqbpeonVMWAwAYENuFXrZDBIwsN"
    "LfR5MXw2PItbeqT9xmVpeG4EoQmea91qaE7JvRtUtRNscrNnqTT3skNcWayiwmmCxuQ2oJ"
    "vnZ24riutQI+cGUaRDPBfi9LLEAesvZmNCZWdTiLuGGdNwlrTSrz75MnyqXsdKRrTRsxbZ"
    "wWt1rSvpBYlaDVEiwtylAHRpQV9CKxKWFa5Od9gkWiFRllo58mN2jALqNHYnMiqdLkeaUe"
    "m2rNLpIv6u7uvKSMkrzeKO3LeuGQVd4qG11zyEVB/qhnxMrOVBdS/ZgyHq2wE9V93wJRLy"
    "A667njjQuA44Dr7EVSGqW9Fv4yGbyMqqjm5WmygowdzR1GVhIEPtTACUEZTfnKA0AVAmAO"
    "pQAqBkFQO0mMPCQw7xSAiNaEDAw0f+ssEKzQidkAgL6eL/OR62cE8cD2vdE3DpYAIgTEu3"
    "flu6Hei5YgL+TMDfVjRRE/v3EIzeShigzAiqgPbrvfQZkr100/8lfwo3aySAbCF8GxL629"
    "dzwJ2FNgOGK0rGictfN8aZt9KCyMYLVrFNGqLcEgoNg9zG7oQzsi6IUEAHER7sEQdNSR/o"
    "vzCDS6FvBxkaFL8fRMb+EYwtUYzUCybddMDeA4buCWWVjWVrsZ0MxcN6gp+VeR29W+zLSv"
    "wVs4CbSC0ZLiGf4dHJ85MXx2cnCdKTfNME8EgwRytI9t8LIthcg8vKy9Z6cHb0ZzJyvSMq"
    "IzVEiXzi4RU4EGXhJew7IEtWJDwX2CqfJ1mzSTgggdaKC+mn30vDAzJw+eyCe5LvJlbhwd"
    "rZoz/7n/0LlETBw/fBEkrNEiHu0QzTO6DB/EaOgI/F+pZPga4BiL9U/ELLYOFFQDMEa2MI"
    "YwvA8Qro0sZONjF/bXFiMc8beNjih5VESqOHLUNlPGwGONbJINVFnL8WsoK+5XKlUp5nrz"
    "cLdCl16GgWD20Vxklub4kt2zLjSHDRqIEKlNqbYqh8QJyXiWCtd5jdiRgDMqsO+dzWg9aH"
    "h0YPgz/5k9pHihoHmZFzey/n8uFuyUZoa4hlSA4QCdpKQiLIGAUOR8N15u4g0aO52eU6Ii"
    "EUvgK5LcQ5V52TINwk6EOLzCS9fcLtpLpxCde5hHVR4v4ZjCuVN/i+WWn7IxqxVlf7BfIt"
    "hf4DLXiXoChBd7qsIgWfI2sXFgiFbRqATgQb9Sn6Aa6DkStiQCN72EKOqLzsc5WKr6hVWX"
    "fb5YM31uXqzWWfm7lRHfv1NjN/2RHlr1cfV4V+eX314QrenNv2/4UeidGPmmtcKb+CFwSs"
    "viNf9Sugi3c/8O/4hxl8ueaV2r3HgjOYjpa4JTuu36HHjxicFhZ/q4Xv85XExVTji8g3bv"
    "9K6fjm9xF8+NvfOSMixsALwmdYfWuYk1lr7V4K7tl6uqIXMNaHsT50V5qN9WGsjwe0PkR0"
    "lTA4oOjEeQrhxzqILIQiAX3iKLQE3IEBkh5UbackpdB6VoRCx60/UO6ic5af9eJjpnmHC3"
    "VUufZwDjohmc3DlTYzE3sn1Grb5Kj2zvNfrBt0LudEaPFCdd+8xEJNHMAcr7wAVxyn9fEx"
    "GZKN4mP2J4huK5EtQuNUE0ARgdbyR5g7UKpZeHellQFCJlbCVWXMixYS5kWtfHlRBp5C2F"
    "oVwqVWg8+S6BaFoaq+bxRqkS9o4FdJ6IZ6Bn6lbH5wDg4EaCd0Fq6jhIHQYIRb/hyFxPMY"
    "xAeE2COID2N4wo/ROaZtkdSeuZ6BKlSw0wyZVkk1a/TLIOwrBX4vUNPC9uoy0Rky0xVS5/"
    "kFi0nN5k4p9Au7nNPAhnqDAo7mZz7jumyXs77/kEuPYEa6NWQvkO7NfuLGBPHh0HI9iH2T"
    "6wbZwQJC9TBDE24KfnsC1cMsHBFKg4pNV98cPE+l3cbrRXSaruDqVr3x92rp770BqGRQ5f"
    "GVV6xGn2+YjFFpjhRwHVW0J0rhtXN069II8LSQB44lvkDB78oPSF+2KmrserTJPdf7auNc"
    "vbWOWoffp61fVDBv5CzW+kXFz+C3Rdcf0btPb96UfH3xgHZPFKOVnvn+JnqucfEZF5/unq"
    "l+XHwHWZYh62mK42BE/e1OMKNx+qk6/WRIUVT2ExJyZFVoRsIQDjFIrJlA5ToIK+pqEB6d"
    "tpqV04ZZOT0k198mwn37nrtUX1DR+FMqrbR9g1kVTWjjKnwoV2GiEiturSzd3uBX3+TeMo"
    "DJNzX1ugAmv5DxNAjufiBQMaumxXRxjNUIoizlaL4MMsNblRmN3atJ5LrvzAM3riMvW2vZ"
    "/N1k/nd1FdEO99isoLK8feuo7SJ3RvEdahGMEjyS2e+qD4tIG56lBInUW+P9m+HrcZHB32"
    "4XvkxHFU+Cf07+Ptj92bPWLjfQx9ZZnK1BntuibZlaIDNsrQnSVANKNy48oZkG+jDtSgTL"
    "SnyvRy/i8VrjSmxhT8E7bS9YGMwIfSrLrXbD8oatUKNhA2o0LIEb48CpAPPqXcfxeK25Dj"
    "geGJwJgMrciU8cUVBdRnBCBxWhTsEf7SZj187mAw2knfMziLMZEjKF/pbmZlLE7tz5vCvQ"
    "3QrnboC5Dyqktt+ToL/wWr5EqxpS1cfXJgQaH6yD1zc3/0LyVZN+VJiFKFoPLddzz7wGZ7"
    "pvr0YzFX7niTTm+YMtYa48zvkTKiRz/aGZpdFaOI/JxI1SG7LL2GfLtu1/d31KKse+6RL2"
    "ti7YkSsuSxHoSAMoABh2lCq7ng8vmKh4UqLhmhQkXq9VgnxMp4ABzIG5OillvwxgkuLTQm"
    "Khff1t42naiuuFLlTqtUajdVZpBhMaLJnEQyFobIW4ZpkBa3d/UByk78O4uIourkgUdJro"
    "Iq1xZuo804nB2iUapEBrZlq3mdbMd3kVe9AafJdXGS9bC99l1im33nd5gT59eFOqgh4Dam"
    "HgOXBR1vYvey2Vqdf7K40TzzjxNi5u+PAcTjm6oBXJe/XwbjRcZ7O1c9TmSZtyCDCsIW7z"
    "pFQUIftyCowukB0gw09bhcmeNoTJnpbDZG9dL4wqurS1/jMke4EA/OcvcahaIiacm/jQXs"
    "GFi19/i0vbwBsLx5I0QhXK0+4aAnB921s4ZCQLWZWn7TIIPIL9mlO0RFyYwDGn1mjmoE6H"
    "rOk15b8qKt5liX4ege+tohAq0SGrpfupyd/9/v2b3HRdXheRs09vL68+PD4Sc8cHuWGNU1"
    "xUsyKqs5Oh0ntaML+N6wHeHGM1iM+PwwSQJmLdeqgQ1d9sMGJTUmH71aPNKYXOx8jAdudc"
    "6Q75z9ATVZ5Tcu8GCzZSn4EK0j2Zith8ki+O4q53apXtHmymOhWnKFPvDVAyEK+MRJWK0q"
    "yJABRRpmJJvJZdxPYdUMmHK8JcqB5jGSqtj7E+7MYeTynHZYJvUFOcKZo+ZVKtheVyuoo2"
    "G+XKA4pfH7mhqpwstC1vZSAdNxhIx2UDifKlrlb9M6HQrPIndmau7wL7woBCGVA4rhqLgP"
    "JJWqEZBq8cdtA4WHD7SSrdEJ3Xh40Ex1OpDGikXY6YGxXpVUozKxLvz1l061IwQ/kPWPDD"
    "RzTCTeMH2MKGslbf3ilkPLLf1DSPKwKb66HqPNUGWPX++OVUsGoZtt5h6+QpzdbReuvscS"
    "tnjcJFdXElX32ZB7Tagxxdspp7NqeD1rqLPwhEFUzcO65/i0abUGL41gW4HPIupsGS00bd"
    "E8oO4w70m6S4tmhkLH78CFTtxtzSQh4rJ3P5LVvksUYPEATAhPpHGM+38XzrIh97Uie4wa"
    "7I0AyJYWfRSzT+g9gVmlk90JNSaI3vgM0qXxWih+DhCH6zhZZT156iYBGC1wia8YgCXl2g"
    "nrPjFkjP2XF9cebjkiM8oLMqPbl+NlIKrWfDZveAqn3x2JcunO655cUch1M1OC0S7mU2ax"
    "Zm8CPF8+m/3yDxCy2hCIFWtB2IjP8SWmEo1wdtJAR7EbJxj6kLj0wS8wCAfIlk5Iklu0Vd"
    "isYumNrTjVlsWuoogPfYDUUmcNROxxK1gS0BW0JWcPuK7luVM5Sb0KLMvIJVnKPR2S4eLK"
    "kbcl0VsQCsq5bs7julknPLc2euKocTGp05/GCJqtwW8+241oSC1zVHp7XfFdRDStAS/pmB"
    "l12kgInC4cLZES8PXRyz6v7YPXLDumEkuDsp4b13SIlKppWZXR8plCHRmdu9ANPbCP1ZQs"
    "zeDNM7lRWeIzoIthdj21tFtjfEtVfEWZOR+KDA5hzRQbJ5G8103f8lIygQVGFmNtUDy9Md"
    "UBGNHVcEuyWhPa1ifi3nMxRGJzQ56X2dlvvmxr2F6Kxpx9raOdK9CXn6Juc542xUnOY8pZ"
    "ll3WZZlxCCXxL1vDIPPau8N2Wg58atjSX4ZRowgsiKQASAHTjcxMcMzbAjSja+FE0gJ/4T"
    "13/ERJgvt/elM/0Re4p+InOZgDcJAsdCIngTeQTf8ZtRuMHCd0R6UTkGYYfPXd/ODJ5f6m"
    "NmIgFMJMAeiFgF17VY5iVu1huy8fiDtGH7hgoOskHavUuWkBtKURqf9sAuIhPO0n90kCrC"
    "lSPSeQF3lQ6nbTByPqpePpyWUPIoBlGxiUCWyATKF6tGq5piBlExNpjVZIP9wxW/t2x+iQ"
    "tWo+V1Gw9p1atoMYe2dhB/zcmeoouoTsYjJr4QYdjuTDQiEq8uajWIHpl805esqT5uuD7E"
    "u2g1ZdoIGWPJGEt7IAsVDhdVnWgf1KEBZomYkP3MggUAKZ5DKBMSgrMypIEH5XlAhEUFo9"
    "T1p9NW+tNpg/50qpGHULcV/jAuQlgb0HxJ8E5hZxTptN4h4ohkaCxqHbgUyexusXwsFMDB"
    "KEqLOMT2MO0WgHM0bJqLtLfQ84beQs9Lu2OKh6dnVTvDx7QmRjulKYaexbtFj0npQ/JfRv"
    "G/iQLMmXl5/e7iw6/VYTiXFfHCl7/eXF2UknWlOFXMgC6QGcvO+M6NpbdbS88Llq9dFgY1"
    "PWuz161mu4+PHE0zQ1s43XCIpvyWBDqlhQF4t1w+y9i3+WjP5dbceCX+P5clE6HAJRLjuc"
    "yocqZtfD/FBN/47q1TfLNMGsXUgo095OE2qX9tW0VGcnQzW/JAdD5jaO7wrCtspdZQSZ7M"
    "sNWAw4eqMuSmVS33GuufeK2NB9tXDA/wDzc8oP9E9TC4Iyq1fpLxhwRY9Zdvh1lF5ks9M6"
    "PhhpcVvOQisqqrY73mkRAY1KJQGmQR2oGa1yBDYsRoCzHKmTUjVenh9amGGZKDYPGuUw3D"
    "QIXbcrRhdAdGO1CvfKTo3coQaZz8Br0ZAihDHEYFipHQbyCwEM5mNIVCxURWc6dtC1HsDB"
    "DRCbK8jqGzOszyOoOtrQMtszhcu6gVuvChuAtGQC9C8AM/bvFSHZaylmKT0oJpaS15w1FL"
    "IDIBT9KeOjU4ZKHkYB7/4reC/2VHYrUHx7R9wJ8mnsbE02ivHMcLvq1mHI8/CFVi22qxv5"
    "iNSYURV6s2pAQ628RxxeO4npg4QmRj0xAOFoZkwZbdG80HWwVyPl0x18ZeVAGSMx5CRNNj"
    "8uHXenrSK8jmHJGRzRVF7xYVhkdz1btFldWh1WruKJ+Phq3isxrCs4pr1vXd0MWKOFuOyG"
    "BtxYqklChraDmirXK0h8iAxMMrTzyo4MiE/dRDoTV1Rqv6L4pkOqsZDwa9R0y6d5lSPcYi"
    "meFtBW+TYrRlxtbX280R7UPN3T6k7lbq6PrkS7V0rjdJUgqzoCtrjOKqJp8NNbgTCr1LcE"
    "McATSog9KicxLMudkxxfcEQf7JlgpxY750q4q1NjAzJdGbm9gWxZAjqF0yMnn1/jkJXe5G"
    "iu74HI3Z61XV+GQ3QaVyfBkSnXkqI1uyy1OplG3fWsKhNuEaTESBZsjxQwTbU26RYJ/ri+"
    "5DIWbclqHdUjrylCY+U+v4TJFR0KVIXobOlMjTbYZ18oB/DAO7ukReetVa7/tmycC1ju/X"
    "wRIFt9C5AarQORMiHdoOxUtRtS7E/ESzIg3WDUXvZT+AfvTykkBtIOWm7CHv99brK93FXr"
    "U4dhceuVnlO5N7A9dM7o0+EtU4pTVxSpt8gu0xVwju9lZLPFxrk2XuYZvEvv74jR8iuUAx"
    "VQMbH0eemzqpizeAM9VpizcRCLVOWYzBqpap3W7cW5mvZRbMyDhwVjVZ27VDK3W5QtJnFM"
    "VT1N/qIxYxg6rKRGys1IXfMmgSmDDK3sHELprYRc2lmUnR1pitBxq1+HAeQpNj2iM3jfmy"
    "RfPlEKuld2Ruz/XRTSxnjrvft+Du97Xc/b7I3az621YNyNKYMM5CPi/2HRf8Omrd5fNkWg"
    "dk9MFQYFwp8kKgJQqnfTLenPYVp/2SuJOpShBmSmD4WZUgI2rRdXAE5wiNs187V3AuY31B"
    "OsxwSmUc/VrPbuB3mt6UzMyv9vOrVrY4Q2I0WVP8Z8eggUM8MhHVnRVXbYHOLN2CUXsbKs"
    "GwyXij+ero8BSobq3HM8Z817o8k4GtCsNI372MU8tUn0YuO0cTqPjCL/kigi24J5C3X10t"
    "ptttNvCVmlg3E+umu4QyTkyN2WqcmMbttjcatMwcVwGNEwKNqws+2FqdTzFTWqwJwQGu1r"
    "79mK5f5d5YkyoWExngWGvoSbXihSl10ehrMdDT1sPtv8xJXI6gbch9hsQs26rC85S690os"
    "zVAYjlbpI8R34HkljjaEUmRoDj6OorKChRuSmYrojMcfoNw8PmshN4+LikMqN+FSUYursu"
    "Yug8Aj2K/T4SoNujGn2UMGNyFj79+/ySlsl9fFKvGf3l5efXh8JBjOB/GlV73xAT4eVRXq"
    "r1/GGZIDXMn9awBRfZUyi+t7IWRIDoLFayRrbi13bYigkyfl56jUS50v5ee0FMw6b0qmas"
    "x6f8qFLHSMGTg6oArAfDHmh/GUOOfIF6077Sl/EHGQ8MTBr2UWGotW7hT9bi8ogDa/lz0s"
    "fd5YodaA8byoaIPG87IXEs9UGdDjXD5Q/8vgyEJDCx2jz4vhs+EZpAeD+zteGru3LSPhr6"
    "jMZ6i01ucHPlkm0QYMiZJjnOH8nDxHGKINWCj4n3SyaTcJu9H+v8lmBKzlNth2X0/qTiZV"
    "8qee+RkSrbnPleMF5kSS39Cri9lcVVx4bety5Ivqt8EWjuqxhaMStsAVVnhSifMNYFdKoj"
    "XWJdIdGax3+cKyWKYUSj1Uf6+Ewfi7iYYDVcUw603cPJXWyzlpIMPtnrjktR42bz78IVQM"
    "fwi1BxgGy+mqZHF2kSGnz9o0veajaqWIuFYAzeM36pDrUKQ1bmet3c7pdKkFkBfpTAC5Pk"
    "DdJ3+G2d0HwtnJwkEVVJcfYTWCdQsxdkQzg9fCdTficI5qN0XVnMIAMULQTH6SvyUu8RQr"
    "sBDs7PreykLYd9AS7mLzV5dqbhm8295jNunAub52VJ6lI9C0pPSPt8/Aauq4uWCE5rt9qj"
    "0P6BuepoRCmmJVpliVlsI4e8hlNkxbhmZIDDu/FXAF7CH5qo9YBLDAb4Zi0649RcEi9FzI"
    "saEEvtYEbkn6OKrZ/XkyrW3/PpZ3Zb0QyQ01vkUiW3eeZX9b/8gIJZipoSIphc4SQCu/f5"
    "bh02BBVVrfJOO1duhMgyXyAn8CSMg0EIq6yGyUNWDncxrct0ZF+u6C45KlCsOT8dozXPZW"
    "uMcetwUQFkmlbEnogzIaTBKVqNc8kc4sf7DA1zGXuHejiYdZxTJudFAWKPV2UsqWH65sFj"
    "IjlL+Wze16aPLE1bVIiGBv42OwR99kZIZ3QleLtAZd1RpddYjtdmv+lKc0VYP2YZZVS7Bk"
    "qQx+XsiEyWh/CmdXlqzbwbU/3OzxSOInpOuMFn5Y1U63WVAVSI2k0llSmVaE38YMq51EWR"
    "pzDunjx72QfasHVR7c+JrV6LvFmVEtcizmhLLAh7A2forCzWSUFXRYhHrdYGaFgQj6lP6m"
    "c5Qi5uh3cJn8HkVo0VU0BHFj0oFoLTdC1KtSMHb23PUZGmQGDeI3SswwLlHjEtVSruXOCb"
    "HOS+ysd+ElBDrj9wMvWELKFoY7sUCKEflMnzCGuDAJOE/EgC7eu+HpSQv3HR9V678T1wrx"
    "jVitUEU8XueJ6JgLM2wVzThsiGYcVkQzYsaW4OucYjZVYXSJUGeODzCdBP7Qdc4Rmc3DlS"
    "wL6Qco/hV80fvQJDlGzbWYG8pteUW/dUyhtfu1L0diyfN6qL1suKoauvcEdEDHZfDsTou0"
    "/5SKuYfD24DOuBE2c30XHh0GFcktjbBU/U309q6ABm5zTTqMNW8mIib5XIn0Z+yvot60M5"
    "0cLLMFC0cybXsUSz/FCau7hd7TBVZRIu7B8OEnAecfXek0O1ACQoBJ8HZVyUq1Xt8KSp1d"
    "v4MlhdiGeEIYEqX4hOnqYRYK0/aJ67cUc33XRYp1m6i8QZdMj+pbGHxQZ3wQVt4IVt7I9T"
    "vMeQW5mW+d51ue3l22d57SBBrsxTSrAf95KgP9F7IG5k7HrZOnNFtH660TT5ba1slTma1T"
    "bkvUbevkKY1uofPOyVRwaxu3m1LobLk9WNBusPSVM9WyNEYOFeXQHNNwRpSdhyVCw1mN4i"
    "Lm7k9kNagMi5CXrOaoiLk7uotGtYiK4EMl2hlHJ1gAgHIWQ9kU7KMoyELEnMs087gqE7gq"
    "quIderjj+gR1E7NgYhYaZM4uy3j2FBIsd4UiS/NUhqcm9qDOddjKv33U4N8+qog9oOTW/a"
    "LC4ZSiHx5vo37vgE251glheeB1Zxa6FcXZwLNBWxfj3LLflp+xNQEfl66PaU10QZaq6Otb"
    "hTLwQI9VPvj4+uLJ8PQscsCi5ZTrBihSazbz9UH6sZUxQTmXL6/fXXz4tTqDOR6fFTWXv9"
    "5cXZhYj81iPQx234mV+wajGOx+C+GtX+Yuv9ol1SVHaQBInXeO8EZDPGNXT3aGdm9mehAG"
    "Ahjg2peABmauvwjbFiM6pNmn5D6465hFn6Xcm5n/Zva4LkDjB3LLf8n0hi8Wf1AFN+YGWI"
    "2gI5VDR2Eydi30+N4n3MDy72SJfXvK5xf+jO6ExJ3YeXLp8S2eud7qO4j8g1ypKL4MavbD"
    "R4fcu3ZF+tXWnlKdbAW3kyaWSbIygOVBg2sGsOyfp1L6KLI0R2Q4WmjXkUrkEkuboLI83X"
    "6BZckhrClQFgrTvqp7Zf0iz1NpDwiIZAWffAmF8gH6hZgUmbLJV5XQJqA9Qvt8tX72g0Hd"
    "ujB4L+wKTRGi/TlW9m6WDUbwbcxydTniei/rfpQjznYJitajlWR3u56olCsqkrc7HwudzY"
    "ctXK7Hw/rO5sPvNIoJ+xcNZgGw7R98CiQTynBNaZDVCNnM4+Gj28z4VrAN1KR5xNCtO1lQ"
    "glyJjcwJdQNH4ix04RFQeqBXGLTRiS+6nIibf46ohFwN1vR47/X1cGjU2y7bD0HczcA3Br"
    "7ZR0VVwRKI137rQyUar/OR0jE46qRNbNRJfWjUSSkyyvRk6XWtRkJZYbWmFDqv1wG0en7y"
    "7NhC4o9fjobRX/8+iv54dvzk6KSLAtR/zJkoql9haBDbnWGvJiUmpimaGJLoaUR8UAbGD1"
    "evrt9evHl8/Mw6K9SLyMqSQlUPotppO6LQumZHH+zssTiHup1swC5NDWRdLLNX4M0StkXZ"
    "IIuvWY12mJ0Z1aL1ZFRexV/MxoSiCbePfWjdBbaRcFjzc4+wl8I+4r/gEbPyNlRVm8k+br"
    "ne1oLg3Y2sqkt3Upt6Wak3VWRdRqfIrkPKVVMuvx8Oj4+fD58dn704PXn+/PTFsyT3snyp"
    "KQnz8vpHEIO5rRnLRWNt7VCDjULX26qv0XCtdVdZeFi+88tU31ZXVFtlppw1ZKacldSpGl"
    "21SYTUqapa5W4Pwjpp3ZL1O5MvuhzQ1w6UiePCKbwQncAqT+rSoOYj202Gj3A6vtXhfetS"
    "PnmSCsp+YzRbhFiAc6Hs1Ez5aetAnmzyUvbqyU9kJU5d4d6nnBzbKc0MO6Smg/T2H7j+4O"
    "eUAW1QAnLdnzNeZhjW0Pa5NAkjvgLENEUbd2B1b/xsdA2ja+ytrpHdcO3j8lIaw9CDV946"
    "AuXbqZItu/4pFzAv0unM7wHY0nN4EThEocrwPaYuvAO3pvmpTMntgkGz0gAOURT9tC7q9F"
    "mbGv5n9SX8z0oV/FMVJz8z9e2QUwqt5+SfH9+/A5Djdzicfm/H7DVZrjnIrI/WyAcZr/fx"
    "T+8H+enxI9sL7LsRvAIL8Wz++LtH3xlY88GtphuhYNXVIUqvNttJkZqmUI1IUjxiCLYk5P"
    "tbiJsjdDXnq1IWDOL2Czd/uYzkF2WnpKk7mZLUIo7Gc7mKPS8u4I4cIr6tqle0k2euN5Pk"
    "rUzgiQk80VYZ7EebjhZ6iZ+1BndKoDU0By57C31egN8+zmEW8EnU1Q1q7qWN3Gx3zuVAyH"
    "UoJeSut2KMUqKBbK5c3PVqd4lQax1vOXXtKfp49eoDH/DT1a9oSfmBxQW720m77j+qInqf"
    "KgiqPjspQ6R5apIP0ZjC4Lm4+ghJSk9+fPU2s/jjnKX47N1YC99W2tJBKuImlkAnpfujhy"
    "/5WrGnlUp3erVZ6WYeHo3TgW0ao9Jg5jIisX2IxveDkO/FefgSsTCgRIZUW2jJr8PhhcbE"
    "Dri9Fu9dYcJVdj7t7cbrC4LmvAg5BUx2UoW/KL89nyX+9RrfQsrDkaQxfgXjV/jmFXcJ1a"
    "hxNEuzW+tTe3bOA8+1lRwLKYXOOndH38LZcRvg+rgeuD6uiKmlrq1k2yQUhsEtGJyerG0Z"
    "nFIYBrdgcKqwKIjcHJE5xIpNE7ga2aFxS0Jl7Dft7LccuBh0M9KzdGaKtZtijUz0V6DRDm"
    "osdHnRWmug28m4VgnXUi+JA/KlGmghuvB9aKsBzTbgeyn4q9Oqle+w3mGVaqOp2pQ7eyik"
    "YzeH+/VhqEsTo1873TjSjCNNe1XGGJDGgNxvBh+qATmYT1fMtbGHxKmfNLhKzqiHZ70xLf"
    "uvqCH0nRI7awH/ZLzeYQ1COwzjVJJzNKHBkiFwjiCwhqBMEwsx5esbTzhHWy7vnsMZGJSH"
    "VBEkCYHWciRS0C00x1Ap0gK/mQhf4FNyH7idZMmLFqLkRa0keVEUJFzKEd/BFQE99czP0u"
    "jMf20OSr6/uB02qmgw1ORRzFJpLWOWAb0DO5Tx80X22sIhyJUZXvET9I4oyZSdOB5zkod2"
    "w5zylAZ10g51yk+zELydpjlLaWpt6jzLGngHzOxur5LqQqWdezRa64NT6uLLKfGFgQlLjH"
    "I9nELVFsj6Jstz5PHXBHRXfh8GnoPGq/bxrz0o6hqh99dQa+cee4MaAD+5bq3F8N3s0DZh"
    "dqDCR31oaiPmqsb03A3bxKD1qwoazHvTg2RPY9DKDN2/ILQxmbh+hVnZrPCkVMZq0VrjId"
    "yaVp3cmMbosrrNrC561AWhbk2WQnSpWXvC6aB1elP93PasFX0rKtGGiHu9snPPLQ9XrU9F"
    "huQAUeDh6WkLGJiPqi+WAtcKxTj4rlLgcDT8ALl71KoUzVFDKZqjcika/kQoKFbmMJQKqV"
    "EuU5LigenaIfo/5LlMI8Sgj7MSmJE7JkuFToo1TQrnH9zg8qFxga//DyZcEt8="
)

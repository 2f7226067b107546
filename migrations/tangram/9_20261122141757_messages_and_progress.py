from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "tangram"."notification" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "key" VARCHAR(200) NOT NULL,
    "event" VARCHAR(63) NOT NULL,
    "template" VARCHAR(63) NOT NULL,
    "language" VARCHAR(16) NOT NULL,
    "title" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "urgent" BOOL NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "record_id" UUID,
    "detail" JSONB NOT NULL,
    "fault" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "read_at" TIMESTAMPTZ,
    "expires_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_notificatio_tenant__e15666" UNIQUE ("tenant_id", "user_id", "key")
);
CREATE INDEX IF NOT EXISTS "notification_inbox" ON "tangram"."notification" ("tenant_id", "user_id", "id");
CREATE INDEX IF NOT EXISTS "notification_unread" ON "tangram"."notification" ("tenant_id", "user_id", "read_at");
CREATE INDEX IF NOT EXISTS "notification_expiring" ON "tangram"."notification" ("expires_at");
COMMENT ON COLUMN "tangram"."notification"."key" IS 'names the message, so that nobody gets it twice';
COMMENT ON COLUMN "tangram"."notification"."event" IS 'what it is about: task_opened, urged …';
COMMENT ON COLUMN "tangram"."notification"."template" IS 'the tenant''s own words; empty for those that come along';
COMMENT ON COLUMN "tangram"."notification"."object" IS 'physical table of its record; empty for none';
COMMENT ON COLUMN "tangram"."notification"."detail" IS 'what else it names: instance, task, step …';
COMMENT ON COLUMN "tangram"."notification"."fault" IS 'why its own words could not be used; empty where they were';
COMMENT ON TABLE "tangram"."notification" IS 'One message in somebody''s inbox.';
        CREATE TABLE IF NOT EXISTS "tangram"."notification_delivery" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "notification_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "channel" VARCHAR(63) NOT NULL,
    "state" VARCHAR(12) NOT NULL,
    "attempts" INT NOT NULL,
    "tries" JSONB NOT NULL,
    "error" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ,
    "sent_at" TIMESTAMPTZ,
    "created_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_notificatio_notific_e662c3" UNIQUE ("notification_id", "channel")
);
CREATE INDEX IF NOT EXISTS "notification_delivery_held" ON "tangram"."notification_delivery" ("tenant_id", "user_id", "channel", "state");
CREATE INDEX IF NOT EXISTS "notification_delivery_listed" ON "tangram"."notification_delivery" ("tenant_id", "id");
COMMENT ON COLUMN "tangram"."notification_delivery"."state" IS 'waiting, held, sent, failed, skipped';
COMMENT ON COLUMN "tangram"."notification_delivery"."tries" IS 'each attempt: at, ms, error';
COMMENT ON COLUMN "tangram"."notification_delivery"."error" IS 'of the last attempt, or why it was skipped';
COMMENT ON COLUMN "tangram"."notification_delivery"."due_at" IS 'of one that is held: until when';
COMMENT ON TABLE "tangram"."notification_delivery" IS 'A message on its way through one channel.';
        CREATE TABLE IF NOT EXISTS "tangram"."notification_preference" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "channels" TEXT[] NOT NULL,
    "unread_minutes" INT,
    "quiet_from" VARCHAR(5) NOT NULL,
    "quiet_until" VARCHAR(5) NOT NULL,
    "timezone" VARCHAR(64) NOT NULL,
    "language" VARCHAR(16) NOT NULL,
    "muted" TEXT[] NOT NULL,
    "digest_minutes" INT NOT NULL,
    "webhook_url" TEXT NOT NULL,
    "webhook_secret" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_notificatio_tenant__7fc710" UNIQUE ("tenant_id", "user_id")
);
COMMENT ON COLUMN "tangram"."notification_preference"."channels" IS 'in order; empty for the tenant''s';
COMMENT ON COLUMN "tangram"."notification_preference"."quiet_from" IS '22:00; empty for no quiet hours';
COMMENT ON COLUMN "tangram"."notification_preference"."timezone" IS 'empty for the tenant''s';
COMMENT ON COLUMN "tangram"."notification_preference"."language" IS 'empty for the tenant''s first';
COMMENT ON COLUMN "tangram"."notification_preference"."muted" IS 'events that are not told';
COMMENT ON COLUMN "tangram"."notification_preference"."digest_minutes" IS 'messages of so long are sent together; 0 sends each';
COMMENT ON COLUMN "tangram"."notification_preference"."webhook_secret" IS 'encrypted';
COMMENT ON TABLE "tangram"."notification_preference" IS 'How somebody wants to be told; absent where they have said nothing.';
        CREATE TABLE IF NOT EXISTS "tangram"."progress_link" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "instance_id" UUID NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "record_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "created_by" UUID,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "revoked_at" TIMESTAMPTZ,
    "revoked_by" UUID,
    "rated_at" TIMESTAMPTZ,
    "rating" INT
);
CREATE INDEX IF NOT EXISTS "progress_link_record" ON "tangram"."progress_link" ("tenant_id", "object", "record_id");
CREATE INDEX IF NOT EXISTS "progress_link_instance" ON "tangram"."progress_link" ("instance_id");
CREATE INDEX IF NOT EXISTS "progress_link_expiring" ON "tangram"."progress_link" ("expires_at");
COMMENT ON COLUMN "tangram"."progress_link"."object" IS 'physical table of its record';
COMMENT ON TABLE "tangram"."progress_link" IS 'A link to the page of one instance of a flow; the link itself is signed and stored nowhere.';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "progress_link";
        DROP TABLE IF EXISTS "notification";
        DROP TABLE IF EXISTS "notification_preference";
        DROP TABLE IF EXISTS "notification_delivery";"""


MODELS_STATE = (
    "eJztXW1z2za2/isYfXE6w2ZiOU6z8d6dsVtv49s02U3c7fZuO1qIhCWuKUIlSCu6vfnvFw"
    "fg+5sIipIhGV8SS8QhqQPg4JznvP0xCrE/C/Di+Y3PQux5xLkli6WHQzJ6g/4Y+XgBf7SM"
    "stAIL5e5MfBNiKeeoHOT8ZMwTzBlYYDtkI+4wx4j/CuHMDtwl6FLfaC7RMl4FM5xiDD/7G"
    "M/RHPMUHrT53Azh9r8bq4/U6SLfPf3iExCOiPhnASc+l//GsnRE9eBEeLH//abBT/DIZ8J"
    "gzHwcXk/uXOJ5xRYJGnE95NwvRTf/fTTzXd/FSPhRacTm3rRws9GL9fhnPrp8ChynedAA9"
    "dmxCcB/yFOjkt+5Hkxa5Ov5M/gX4RBRNJXdbIvHHKHIw94PfrzXeTbwGIkngT/vPxL/Gq5"
    "YZPJ+w+3k0/Xt5PJqDI18Aolrsdf2dSHaXX9EBj1xxd534wh4tsRPODbt5cfn529+kqwgL"
    "JwFoiLgl2jL4IQh1iSCqbnFmJ+groyu0A0JM+TLzKmZ+s5YWfCMM1YnLFU/F/h5rdzHNRz"
    "MxlfYiR/sQNk4WiBP0884s/COf/4+kULS/9x+VFw9fULwVXKJZgUcu/jK2NxqcjcBxIweC"
    "UF/uZIjpDFL7uw+GUzi19WWEzFG7Eqi//704f39SzOkZRY7Lh2iP4PeS4LD5DVLawFZsCd"
    "F4z97uVZ+uzHy3+Wuf3tuw9XZckBN7gqsT473nFY5f93nHGhuyANJ2CJtjwRMfHz5I/jmo"
    "7bmx+vP91e/vi3wpx8d3l7DVfG4tt16dtnr0rzlN4E/Xxz+xbBR/Q/H95fl6cuHXf7PyN4"
    "JxyFdOLT1QQ7eZ4kXydffQFd5+4+dw7DF1Ns369w4EwqV+iYNo2tXlqMF+VvsI9nYpKAm1"
    "+sTOv8kYQYNIIbrtzVqqWFAe0a6SIeOnGTsRuV0Q8+QQ6xPRwQh6uVfMbfIOwjOv0PsUOL"
    "65jid8AfcuGhbBnAlw8uWVmcjiBGwpBTs6reuptH1Ki4JW32j1E2B6Mlf3qqJt3zUZkSzP"
    "8gn5d8OTEhN+MbJdNQ4Okk0Q+SnTwSxPxl4QP6+e31x2sUkAV9EFsf3XxC7396924kBEvu"
    "bTKlTenpkqzx+aMvT12B51oEXjO5WPgvR3weAj4fwAVWXpdGs9fv5FDQ7JM93FXzTMYbtb"
    "OD2lmQll3Xa4FI//U6ApGK3BBNiUf5qYJCeiEkh9x3Jwy5DrqjAf+OMi5K7nIXORkj3t3u"
    "RYqxZPdiyXLeu2GtKXvlzm78sGHB56hKbHZ9jUwszgSHn4N4wZe5WMSw8hmsaMpVM7ltuU"
    "bmoERGdpiQGbzu138aj8/Ovhm/OHv1+vzlN9+cv37xmo8Vv6166ZuWWbu6+f7m/W1xwuCL"
    "4jRNqbNWMYWT8YdgB49wyFk+jULCkMBzuerL5yFaEFCDVy7/BVGIgBNiquy56zl84rYWQT"
    "uxnZfzNXNt7KkIrDyNzkJLmlsWkm+O+AEh7n+BuMFPbXg9vq1sPuCeLMMeGmhR1r066yDr"
    "Xp01yjq4VIKUAnfmKoF2GYXe85J4R/iZbsM+uQvowoIJ4hfCdR/uD3/SSF5OVCVZiWwrgR"
    "abXrueDnhXkGRSa4qnhs3d5ZLvEDfUU3DZAQHGTRqh7UZloIZSZ52gu+olT/rx6ctvXr4+"
    "e/UyPeDTb9rO9eoZnqEjqqBqkXIASHVPG2HuOg7xEXP5qXCBllEw4xsA34X8YDh7gRy83h"
    "6aOAjEtW4VqO+zGspe+2w/k//o22xac8w0m/BFqi1seM24298E181N8I942bd5Cv6RbY0u"
    "zoLcTurmL+A39VwCNgi/LXmDVnPKLZQ58eFfHCLymd/CW1uI0ThSxV8jggNOFCAWgh5gYx"
    "9NAelfLLnFUxPsssPnbA6OSThi4mNMfIyuetkwqKL6+Xsg+u0IzI74XYUJIoUIWmCHKEFc"
    "g53IXB+a00Bx9RaIzHlcy1FVZLxEpjOm0RMgH5+/7IBb8FGNwIW4VuK2ssFmYl8OwBJbEM"
    "a4zlmd21vyueEIyJEcxeZpm87rf962g0zpbL778P77ZHgZeSqBTOIoUgrqy5EchDMDXgcc"
    "TH/QpYVcxxKuJSv2NVnCjWFxxfyOBvx/gYVY6Ndo/GL86ouewODSwzVaUvOEJeMPYrZYtF"
    "jgYP1GGk3gcWLcxMKBD9FWFgKFHHHzKnDZvT6zo4tl/jfiO5wXP9PgflRnleevW60W+VKO"
    "nKySoR1SSVhIloiCs3DqzpC4VZId8h86RQ4Fd6LAGjMlOHMnzqkHT0TREgWEa8YBE87FVe"
    "ByippQvj08z6SuGNPcmOZvjjPATd4OXLIP2HOdOGVO1bw5fdXBujktK9WZcQOXjj+4KuN1"
    "xkwIKymEuDF7Tha4zyQMH5gAR4uKipWMPwgVS4QkC2aj5L31UKPqvN/qpn6R0pj8Wpv8OI"
    "R4jLDGAG1EffMkOsO+j+Zv9TALJyQIaKCCpBSptD5NRAyV8L5BfBWknPs05Ld2PdIxZnQf"
    "MIsuRuGtzNSpswdv0ySeFlMwy/Tp5pK1IxbSBbe64jB1iLa6o8FCml7cOIvPHn7ZDRmiK7"
    "/e5drzPpuTsYx99qj2GfOimYqCm4wfRiRt5nEPgSRCobk++9PHdxJFCOk98dmFABfjHLDe"
    "2u3wKTXHaGL0dU+96MJdPqrZPfWiwl+ALqMalaZljacUOvN4xGW/+0DAjmMRA4iw63m7a6"
    "M5ScdVstlyNAdht9l0uU4OQxHRHP8tksf434C6pInJlsgX+z1y7XuBb8LsbCv0d2Lo5QsW"
    "dd0ueRqtN0w+D2DF9dQ7N2ChCPzQMiPgeENwYiUxCTS8QLOArhiarkXemVAoCf8t61KgX8"
    "dpGdiAI0tqz6uT0Jb/l5JoPQuS6Tlux5FQfHaSmYEdEbizedg1RelRsv8MOtXn/DgIdEoX"
    "s/3Stglj3wdNtnv+utVqwGMxcjILOpvxH8UGBN8qSMeA2DRwxFkVBzDKb5j0ti4IAZcrXw"
    "aOSEG20IwriXwgFdQR4yY86CIYiaVdsfV3+bBf/V/9SyR+uXD4cuEzdz1xHLsMZH0AOQaW"
    "wI8C8sCtNkfCC64vzgu4iSX9wvB0TsaV3liCuRJ2sj3KiCNSLqVChsNffX4N4rxFmZnYz5"
    "HGM8Q+anbPnqPLRAKK24pfS1fcbITfwu8R50D0KTIDnIjdmbK6DfwlWdmh1kt+yUzgVmJB"
    "1Rd6aawnYwmMROVJoHBLk6Lbs6Y4tOeqP0cQtTzDwEPGfX8Ah6mC+z7dJgoczdPoz1Dh07"
    "RBBAvhOsMPIONjpJiCvNxDzaWM4Tnh25XfORL92b3n9ZsdYF0BgoxCb3iAr1r5qicsDmCT"
    "4ahcS7H5wo1Cj2s3TK+iDZkSobC8C0TaJ4+IJ0o9kv9fVUCFtElU0H0KlsJDu3p2C0S99s"
    "PhpOzsJEge2w2Vby+DAK8bohQymhLL9UKVh2L6v36rLFVghRrTYn1Qd54lv60kpwer7ljL"
    "TzbHSyWQPCXQ+gh03BmR+Rmp9sYNX/J7hD2wnIXJltYHCyKvV5TmuFMOWksKWiUDTcSMTg"
    "DDVwUAi5QGANQOAKxOc+SHbk39sC7znJIeTI2YJznPYpomEsqrTnSzD7lMdwjFsP5Iql0n"
    "UGuqH355E8ObEFkXzrkcdoXLbOsDbSeO44BgpqYIZxQ6H4naqsEBP5UJALTKlXyKdNqbf3"
    "uGNzL+9ClEVqQ1+oTW50zicVLcQSUy7TeQxE/yrjbqe1CB8Z6IOtb7hExS3vUoGlEkNSqc"
    "zlsrdt/2kqF5SjPLhzDLqhpInkp78bln/UPE8dZytBlcytNoDCmP0qCOgNxFDP6QxprFXw"
    "D77I50PIt2EcCsS6TRR+qRS8bcmQ/hKaO6YKPSEKs13ijggye4OLpD+QggQ3P+yrkAHijM"
    "wlxH5FDkOl9g26ZR2vpCKYymVENiPw9VjN2Jn9QhsKXE6klMKaZDPVoH7qb6REHT/DgTTG"
    "OCaY7rtMxtTgWeFqkMU8sQSCxFuqofyfijwPF2ne6nka9qX2XuRagvvDecyxBYfIGykI5Q"
    "NEXZGoM4ONvpCTqz4pUgXlwsBQtSfkBXgyNzihk5YWAR2NsXkzu45cBoFNhqEQUphc5yd4"
    "SdhcsnGoIFII0A+PZ4Rp7xWD1mdVOTpvUUJFkyWWqgYJHKgIJlWWXg9OPfOQZOH2bn6ALl"
    "XkaOG347J/b9krpNiaOlMVZ78iiMntjF4RvR3Ns5oKrYEXGdgJNCD9EwxVcBPSROUsfpnq"
    "xl4GdeL5fleyHBElT4KnS7kyco4rQFoIyR3zemIZZ4OQEaaxjstK04QC3oVFMZIN6O28Gm"
    "uwRK9pjrbzDVPSob8T7ovqJjAp2LXWi5qjOWzzGrLTHi46AhOSOhKDF9ug5lysOBsb2Ng3"
    "EEaqrBcVP06ub95cdf6o3Rq5qI1atfbq8vTduap6FE18M6Le6Lg4B1uJTFnoyd4MeXcITS"
    "AHSpXomow8Np/E1qT+GWuvQphdZ8l1llt5fvv/94+SMf9e1HPvCH619irVYP7sO74DAKah"
    "DktlOkQKb3UTJ6++Plt19/env59fj81db+gSEPFa3MzWs/DNajRktTXrY6GJkkHbnRvvxE"
    "FwSK9MykWQel9Rzqg91HiJBScbjXc3S5lHUqLeRDybE4Zse5EOV9lh62SVKgR9qQUBbIR+"
    "LN37n+fdXw3O+jt7FIO9TFyfg+yco894gc4pOVtoZUe6yg7PnUrMqD2jMzOmN562ejGMt7"
    "26NGJZrpGEyST79738lPz06EM38Cr8BCvFg+++rkK2OmSHX5GJs48UOXH7wBP16fCwn/HC"
    "S8S5jUPX6If4Jy0Zwu9QJeNdcLeFXtWJs7ILvHDIam33KT3BK8UV3SRapHXtjbHMc7tu0k"
    "n5SbWReojoW7O2lgfcAVzWqEsKxcFqdJJNUFRDpF0rPlhKFkXSiv7k4dGk5bOjScVjs0xC"
    "W9qhPQUpwoR/PY1YlyCs+vo5M/vpy8eRNy8+Vfv/06qtF2uBUiKugkJWzBzpzSaPuyDrV1"
    "iuTAtBBSZ/bGCv/BcXeo4LcKI7lqB8askgTOSPSTEj4JoZswil8ykRdQtbNfFt4OtLRZnK"
    "/WmeEJgX7s/omrxV9fwvttz+mddMmJS1coQvhFKu3Y3lPJGH4pOyTEdXH+zbWMMgpNuuHU"
    "yOH/MOpP6w+5BQ2IiO4H9R7SMLldaAekax+JFv4fXZv4FGIeNaL24qrVAbT3koGdYsIk6g"
    "0hWz4SWCxKCu0nXYAFFF4f7qVCvLl1u4jXKmHpjbivxI1V0d881TChKgYENiCwCb/qhAye"
    "WmhsoV+j8Yvxq6SlR9ZvXJaG50YQmuGl1q2GlgF5cGldO8E2N3ueSnMvO8SVJSoqnCZoSu"
    "5osH1+5q6iuI41cm4URzokcyFOL0scsH60mJJAdjaFuGuYMQ1nSSv96idfhk8161jpiC56"
    "VpQfvFHXupZekLjVUEBEmLsUgG5Q0pfQmoRVhavXHbaJVkiVpU6O/IQdExo4rd2JjEqny5"
    "FmVLodq3S6iL/rh6YyUvJKu7gjD51rRkGXeGjttQwh1SdwQz4m0fKgupfswRD37YCeq274"
    "Bgn5AdddTxxoXAec0s9JVYj6VvS7eMg2srKuo5vVJQpKMHcyd1lIZaidCYAygvLJCUoTAG"
    "UCoI4lAEpWMUDREhYecohHQmhEAwIePvKXpWu0IMGMxFhIH//P2biDe+Js3OiegEtHEwBh"
    "WroN29LtSM8VE/BnAv52ooma2L/HYPROwgBlRlANtN/spc+RHKSb/g/5U7hZIwFkC+G7kA"
    "S/fbkA3FloM2C4onScuPxla5x5Jy2IbByxmm3SEuWWUmgY5DZ1Z5yRTUGEAjqI8WCPOGhO"
    "hkD/hRlcCX07ytCg5P0gMvY/dGqJYqQenfXTAQcPGHogAattLNuI7eQoHtcT/KLK6/jdEl"
    "9W6q9YUG4idWS4hHzGpy+/efn67NXLFOlJv2kDeCSYoxUk+/eICDY34LLysrUZnJ38no7c"
    "7IjKSQ1RIp94eA0ORFl4CfsOyJI1CS8EtsrnSdZsEg5IoLWSQvrZ99LwgAxcPrvgnuS7id"
    "V4sPb26F/9X/1LlEbBw/d0BaVmiRD3aIGDe6DB/EaOgI/F+pZPga4BiL9U8kIrGnkx0AzB"
    "2hjC2Cg4XgFd2trJJuavK04s5nkLD1vysIpIafWw5aiMh80AxzoZpLqI87dCVgQ/crlSK8"
    "/z19sFupQ6wWSRDO0Uxknu7ogt2zLjWHAFcQMVKLU3x1D5gDhvUsHa7DC7FzEGZFEf8rmr"
    "B20OD40fBn/yJ3WPFDUOMiPnDl7OFcPd0o3Q1RDLkRwhErSThESQMQocjofrzN1Rqkdzs8"
    "t1REIofAVyW4hzrjqnQbhp0IcWmUl6+4S7SXXjEm5yCeuixP03ndYqb/B9u9L2n3jERl3t"
    "Z8i3FPoPtOBdgaIE3enyihR8jq1dWCABbFMKOhFs1OfoO7gORq6IAY3tYQs5ovKyz1Uqvq"
    "LWVd1tnw/eWpdrNpd9bubGdew328z8ZScBf73muCr089vrj9fw5ty2/y90IkaftNe4Un4F"
    "j1LW3JGv/hXQ5fvv+Hf8wwK+3PBK3d4j4gwOJivckR0379GzEwanhcXfKvJ9vpK4mGp9Ef"
    "nG3V8pG9/+PoIPf/4LZ0TMGHhB+AyrbwNzcmut20vBPTtPV/wCxvow1ofuSrOxPoz18YjW"
    "h4iuEgYHFJ24yCD8RAeRhVAkoE8chZaAezBAsoOq65RkFFrPilDouPUHyl18zvKzXnzMNe"
    "9woY4q1x4uQCcki2W41mZmEu+EWm2bAtXBef7LdYMu5JwILV6o7tuXWGiIA1jitUdxzXHa"
    "HB+TI9kqPuZwguh2EtkiNE41ARQTaC1/hLkDpZqFd1daGSBkEiVcVca87iBhXjfKl9dV4C"
    "mErVUjXBo1+DyJblEYqur7VqEWxYIGfp2Ebqln4NfK5kfn4EiAdkJn4TpKSIUGI9zyFygk"
    "nscgPiDEHkF8GMMzfowucdAVSR2Y6zmoQgU7zZFplVSzQb+k4VAp8AeBmpa2V5+JzpGZrp"
    "A6zy9YTGo2d0ahX9jlMqA21BsUcDQ/8xnXZfuc9cOHXHoEM9KvIXuJ9GD2EzcmiA+HlutB"
    "7JtcN8imEYTqYYZm3BR8egLVwyyckCCgNZuuuTl4kUq7jTeI6DRdwdWteuPv1dLfewtQya"
    "jO4yuvWK0+3zAdo9IciXIdVbQnyuC1C3TnBjHgaSEPHEt8gYLflR+QvmxV1Nr1aJt7bvbV"
    "Jrl6Gx21Dr9PV7+oYN7EiTb6RcXP4LdFN5/Q+5/evav4+pIB3Z4oRis988Nt/Fzj4jMuPt"
    "09U8O4+I6yLEPe05TEwYj6271gRuP0U3X6yZCiuOwnJOTIqtCMhCEcYpBYM4PKdRBW1Ncg"
    "PD3vNCvnLbNyfkyuv22E++49d5m+oKLxZ1RaafsGsyqb0MZV+FiuwlQlVtxaebqDwa+e5N"
    "4ygMmTmnpdAJOfyXRO6f13BCpmNbSYLo+xWkGUlRzNl0FueKcyo4l7NY1c950ldZM68rK1"
    "ls3fTeZ/11cR7XGP7Qoqy9t3jtouc2eS3KERwajAI7n9rvqwmLTlWUqQSLM1PrwZvhkXGf"
    "35LvJlOqp4Evzz8i+j/Z89G+1yA33snMX5GuSFLdqVqSUyw9aGIE01oHTrwhOaaaCP065E"
    "sKzC92b0IhmvNa7EInsO3mk7YiFdkOC5LLfaD8sbd0KNxi2o0bgCbkypUwPmNbuOk/Facx"
    "1wPDA4UwCVuTOfOKKguozghA4qQp2CP7pNxr6dzUcaSLvkZxBnMyRkCv0ty80MELt3l8u+"
    "QHcnnLsF5j6qkNphT4Lhwmv5Eq1rSNUcX5sSaHywjt7e3v4NyVdN+1FhFqJ4PXRczwPzGp"
    "zpvr2eLFT4XSTSmOePtoS58rjkT6iRzM2HZp5Ga+E8JTM3Tm3IL2Ofrbq2/933Kakc+6ZL"
    "2NumYEeuuKxEoGNAoQBg2FOq7Hs+PDpT8aTEwzUpSLxZqwT5mE0BA5gDc3VSyn4ZwCTFp4"
    "XEQvvy29bTtBPXSxCp1GuNR+us0oxmAV0xiYdC0Ngacc0yB9bu/6A4St+HcXGVXVyxKOg1"
    "0WVa48zUeaZTg7VPNEiJ1sy0bjOtme/yOvGgtfgur3Netg6+y7xTbrPv8hL99PFdpQp6Aq"
    "iF1HPgoqztX/VaKlNv9lcaJ55x4m1d3PDxOZxxNApqkvea4d14uM5ma++ozZddyiHAsJa4"
    "zZeVogj5l1NgdInsCBl+3ilM9rwlTPa8GiZ753phXNGlq/WfIzkIBOBff4hD1RIx4dzEh/"
    "YKLlz88ltS2gbeWDiWpBGqUJ523xCA69te5JCJLGRVnbYrSj2C/YZTtEJcmsApp9Zo5qBO"
    "h6zpNee/Ki7eZYl+HtT31nEIleiQ1dH91Obv/vDhXWG6rm7KyNlPP15df3x2KuaOD3LDBq"
    "e4qGZFVGcnR6X3tGB+G9cDvDnBahCfH4cJIE3Eug1QIWq42WDEDkiN7deMNmcUOh8jI9td"
    "cqU75D9DT1R5GZAHl0Zsoj4DNaQHMhWJ+SRfHCVd79Qq2z3aTPUqTlGlPhigZCReGYkqFZ"
    "VZEwEookzFingdu4gdOqBSDFeEuVA9xnJUWh9jQ9iNA55SjssE36CmOFM0faqkWgvL1Xwd"
    "b7aAKw8oeX3khqpystS2vJOBdNZiIJ1VDaSAL3W16p8phWaVP7GzcH0X2BfSAMqAwnHVWg"
    "SUT9IaLTB45bCDpjTi9pNUuiE6bwgbCY6nShnQWLucMDcu0quUZlYmPpyz6M4NwAzlPyDi"
    "h49ohJvFD7DIhrJWT+8UMh7ZJzXN05rA5maouki1BVZ9OH45Faxahq332DpFSrN1tN46B9"
    "zKWaNwUV1cydeflzSo9yDHl6z2ns3ZoI3u4o8CUQUT957r36LRJpQYvnMBLoe8izldcdq4"
    "e0LVYdyDfpsU1w6NjMWPn4Cq3ZpbWspj5WQuv2WHPNb4AYIAmND8COP5Np5vXeTjQOoEN9"
    "gVGZojMewse4mm/yF2jWbWDPRkFFrjO2CzyleF6CF4OILfbKHV3LXniEYheI2gGY8o4NUH"
    "6nl11gHpeXXWXJz5rOIIp8GiTk9uno2MQuvZsNkDoGqfPfa5D6cHbnmxxOFcDU6LhXuVzZ"
    "qFGXwf4OX87++Q+IWWUIRAK9oNRMZ/SVBjKDcHbaQEBxGy8YADFx6ZJuYBAPkGycgTS3aL"
    "uhKNXXBgz7dmsWmpowDeYzcUmcBxOx1L1Aa2BGwJWcHdK7rvVM4E3IQWZeYVrOICjc528W"
    "gVuCHXVRGjYF11ZPfQKZWcW567cFU5nNLozOFHS1TltphvJ7UmFLyuBTqt/a6gHgYEreCf"
    "BXjZRQqYKBwunB3J8tDFMavujz0gN6wbxoK7lxI+eIeUuGRaldnNkUI5Ep25PQgwvYvQnx"
    "XE7C1wcK+ywgtER8H2cmx7p8j2lrj2mjhrMhEfFNhcIDpKNu+ima77v2QCBYJqzMy2emBF"
    "uiMqorHnimB3JLTndcxv5HyOwuiEJid9qNPy0Ny4dxCdNe9ZW7tAejAhT09ynnPORsVpLl"
    "KaWdZtlnUJIfg5Vc9r89DzyntbBnph3MZYgp/nlBFE1gQiAGzqcBMfM7TAjijZ+EY0gZz5"
    "X7v+CRNhvtzel870E/Yc/UCWMgFvRqljIRG8iTyC7/nNArhB5Dsivagag7DH525uZwbPr/"
    "QxM5EAJhLgAESsgutaLPMKN5sN2WT8UdqwQ0MFR9kg7cElK8gNDVAWn/bILiITzjJ8dJAq"
    "wlUg0nkB95UO510wcj6qWT6cV1DyOAZRsYlAnsgEyperRquaYgZRMTaY1WaD/dUVv7dqfo"
    "kLVqvldZcM6dSrKFpCWzuIv+Zkz9FlXCfjhIkvRBi2uxCNiMSri1oNokcm3/QVa2qIG24O"
    "8S5bTbk2QsZYMsbSAchChcNFVSc6BHVohFkqJmQ/MxoBkOI5JGBCQnBWhgH1oDwPiLC4YJ"
    "S6/nTeSX86b9GfzjXyEOq2wh/HRQhrA5ovCd4p7IwyndY7RByRDE1FrQM3QDK7WywfC1E4"
    "GEVpEYfYHg76BeCcjtvmIust9E1Lb6FvKrtjjsfnr+p2ho+DhhjtjKYcepbsFj0mZQjJfx"
    "XH/6YKMGfm1c37y4+/1IfhXNXEC1/9cnt9WUnWleJUMQO6RGYsO+M7N5befi09j67euiyk"
    "DT1r89etdruPj5zMc0M7ON1wiOb8lgQ6pYUUvFsun2Xs23y053JrbroW/1/IkolQ4BKJ8V"
    "xm1DnTtr6fYoJvcvfOKb55Jk0SasHGAfJw29S/rq0iYzm6nS15JDqfMTT3eNaVtlJnqKRI"
    "ZthqwOFjVRkK06qWe431T7zWxoPtK4YH+McbHjB8onpI74lKrZ90/DEBVsPl22FWk/nSzM"
    "x4uOFlDS+5iKzr6tiseaQEBrUolQaJQpuqeQ1yJEaMdhCjnFkLUpce3pxqmCM5ChbvO9Uw"
    "pCrclqMNo3sw2oF65RNF71aOSOPkN+jNQKEMcRgXKEZCv4HAQjib0RwKFRNZzT3oWohib4"
    "CITpDlTQKdNWGWNzlsbRNomcfhukWtBJEPxV0wAnoRgk/9pMVLfVjKRoptSgtmpbXkDScd"
    "gcgUPMl66jTgkKWSg0X8i98K/pcdidUenNAOAX+aeBoTT6O9cpws+K6acTL+KFSJXavFfr"
    "SYkhojrlFtyAh0tomTisdJPTFxhMjGpiEcLAzJgi37N5qPtgrkcr5mro29uAIkZzyEiGbH"
    "5OOv9eykV5DNBSIjm2uK3kU1hkd71buozurQajX3lM+n407xWS3hWeU16/pu6GJFnK1AZL"
    "C2ckXSgChraAWinXJ0gMiA1MMrTzyo4MiE/TRAoTV1Rqv6L8pkOqsZjwa9x0x6cJlSPcYy"
    "meFtDW/TYrRVxjbX2y0QHULN3SGk7k7q6Prkc710bjZJMgqzoGtrjOK6Jp8tNbhTCr1LcE"
    "McATSog9KiS0KX3OyY4weCIP9kR4W4MV+6dcVaW5iZkejNTWyLYsgx1C4Zmb768JyELncT"
    "RXd8gcbs9bpqfLKboFI5vhyJzjyVkS355alUynZoLeFYm3CNZqJAM+T4IYLtObdIsM/1Rf"
    "exEDNuywT9UjqKlCY+U+v4TJFR0KdIXo7OlMjTbYZ18oB/CqldXyIvu2pt9n2zdOBGx/db"
    "ukL0Djo3QBU6Z0akQ9sJ8EpUrQsxP9GsWIN1Q9F72afQj15eEqgNpNxUPeTD3npzpbvEq5"
    "bE7sIjt6t8Z3Jv4JrJvdFHohqntCZOaZNPsDvmCsHd3WpJhmttsiw9bJPE15+88WMkFyim"
    "amDj4yhyUyd18RZwpiZt8TYGoTYpiwlY1TG12016K/O1zOiCTKmzbsjabhxaq8uVkj7jKJ"
    "6y/tYcsYgZVFUmYmNlLvyOQZPAhEn+DiZ20cQuai7NTIq2xmw90qjFx/MQmhzTAblpzJcd"
    "mi/HWC29J3MHro9uYjkL3P1TB+7+qZG7fypzN6/+dlUD8jQmjLOUz4t9xwW/jlp3+SKZ1g"
    "EZQzAUGFeJvBBoicJpn443p33Nab8i7myuEoSZERh+1iXIiFp0PRzBBULj7NfOFVzIWI9I"
    "jxnOqIyjX+vZpX6v6c3IzPxqP79qZYtzJEaTNcV/9gwaOMQjM1HdWXHVlujM0i0ZtXehEg"
    "ybjjear44OT4HqNno8E8x3o8szHdipMIz03cs4tVz1aeSyCzSDii/8ki8i2OgDgbz9+mox"
    "/W6zha/UxLqZWDfdJZRxYmrMVuPENG63g9GgZea4CmicEmhcXfDR1upyjpnSYk0JjnC1Du"
    "3HdP0698aGVLGEyADHWkNPqhUvTKmLVl+LgZ52Hm7/eUmScgRdQ+5zJGbZ1hWeDwL3QYml"
    "OQrD0Tp9hPgOPK/C0ZZQihzN0cdR1FawcEOyUBGdyfgjlJtnrzrIzbOy4pDJTbhU1uLqrL"
    "krSj2C/SYdrtagm3KaA2RwGzL24cO7gsJ2dVOuEv/Tj1fXH5+dCobzQXzp1W98gI8ndYX6"
    "m5dxjuQIV/LwGkBcX6XK4uZeCDmSo2DxBslaWMt9GyLo5En5R1zqpcmX8o+sFMwmb0quas"
    "xmf8qlLHSMGTg6oArAMpryw3hOnAvki9ad9pw/iDhIeOLg1zILTUUr9wD9244CAG3+XfWw"
    "DHljhVoDxvOiog0az8tBSDxTZUCPc/lI/S+jUwuNLXSGfo3GL8avID0Y3N/J0ti/bRkLf0"
    "VlPkeltT4/8skqjTZgSJQc4wzn5+QFwhBtwELB/7STTbdJ2I/2/ySbEbCO22DXfT0Ddzar"
    "kz/NzM+RaM19rhxHmBNJfkOvLmZzVTHyutblKBbV74ItnDZjC6cVbIErrPCkCudbwK6MRG"
    "usS6Q7Mljv8oVlsUwplAao/l4Lg/F3Ew0H6ophNpu4RSqtl3PaQIbbPUnJaz1s3mL4Q6gY"
    "/hBqDzCMVvN1xeLsI0POX3Rpes1HNUoRca0Emidv1CPXoUxr3M5au52z6VILIC/TmQByjY"
    "A6GizeuX5DjafkotUO0fFhEy8Z1wGfg7FoukaruWvPEfbXULaJf6JoLsG1O9fzGJgK/M7c"
    "rqiD4nrdox51g1DtCaeaV0C2MiTHbyXHmAJNpkDTYQugSuUbuQMqPL1yfRw0dcgo0JURin"
    "VcX0APlo4+vb38enz+6iLXP5mbw8S7gyJyIfW4iRZHv20HTMQdXtIDnStPVzfvLz/+Uq/X"
    "XtV0hLn65fb6soyCguxR0GyT8TprttqgoPvvY7CnxuFJt0++xJeu7xOHr/QLcSN+Lnoe9D"
    "iA7RDjjIDRPQ48Kv5XWN3J+CNc3eNOVtq4xUobV620R+36ude1zoTixxe668cLfYHvCSiC"
    "gFEDCC37ecTm5N4q9VCBjtcBbs3wUIFI56Uuepi94dq3nAFGoMQ+RCKB/3uN7tJfpx1gBF"
    "uPRdOFG1du7X4C1FBqfBI8WlBlP+YOwVjtxPzg4arBZE4jFedtnkRnnubnHxKZk3feP5PJ"
    "56XLpXqfljwFSlPLRWdkMyAP3CDsA2EXKc0s6zzLdkBwvx5qRUrjpjiIaVZzUhSptLd2np"
    "iL4lOqD4yaHBW5IdZmdwUrjt7otLgF0yZ2JoAjNmdkAoCCfbYiAddVAiI+S9P5hEnTh1Ud"
    "GAPcb3MI8T1Zd3JpWEkTi9LFDAAwTg/j9DgCkWYAdRNWvJVdGnfXyqH/j5CvfqzxqmmYan"
    "bideTwjlfzo6LnuomOYaQvhG8oMjRHYtTzcs89psrNHInhZqm7CqmxHFuaq5A6k7GbaN2T"
    "ayyWqbbnEj+0EKMocQzbNIII6e6hD6Ww9HEXZyUf1RyYPq44K4VtFvbsdl+iNViN1lhNNl"
    "1qaE2ZzogwvfCa1tzv3HVrM1KjmvsNiEptijb/Jp+lXQPKKFN3yOKOrUaTxW2yuJ+0wm/g"
    "FgO3HExoxXFnaw+x803+9UY21+FZmqRdH322KsQjWoj8HmFPFN9J/1p0nAGTuPpox6NJU9"
    "VK0h8cpmDSVI8PU/jJX2B2/5GLccLCUR2qUBxhteIKkRg7CXKDuwWAMLogIs+Uk4tcGsQI"
    "QQv5Sf4WOO9hWHLgQ08e1/fWFsK+IyPkbf7qshpLQ1zITh5Tg1WUwIg/Rtl0FK1ZGR0CIa"
    "18ecio7Jg8mYYiSydQEEQWKUi2z0jQcyaLD2LD5p4WMRLEz4qVO7XnAX3L00z0ioleOXxh"
    "nD/kchumK0NzJIadT8YG5aanfNUTFtcBg99sxXUTaBR6LrSCCwh8rYl5moZOqJWnKpJpXa"
    "JqiOVd29ZeckONb7HI1p1n+d82fAGvgGCmBodkFDpLgEFMwF0gHpDTpZISmI7XGbHmb7lC"
    "HvVn4C+cU6GoiwacIi+WmyQBfehcvGtgUPvBJSsVhqfjtWc4vePKInrAXkRkyLwMn39URo"
    "NJotKcpUikM8sfzSsz5RL3fjLzMKtZxq2emRKl1t6ZUYhFbRofEl/JggT8tWxu169c/tJR"
    "GAsR7G19DA7owonN8J4ZlEVag65qja46xHadXhNdpDSpsocwy2oIepHK4Oelhm057U/h7M"
    "qT9Tu4DoebAx5J/IR0nUnkh66nKqhKpEZS6SypiN/vNMrTmRnWf4bVTqI8jTmH9PHjXtoi"
    "4WRU58FNrlmtvlucG9UhHHxJAkZ96L7AT1G4mcx8WeA1Yu5MmFkhFWXhpL9Jpt9LxBz9G1"
    "wm/44bCQTreAjixqQDdRPdGFGvCyTf23M3h6CTBeYH2VaR58YlalyiWsq1wjkh1nmFnc0u"
    "vJRAZ/x+5NEVZJ1guFOSuCef6RPGEBcmlPNEDOjjvRufv+zgvuOjmsuNwjVTznWf5VyXmL"
    "EV+Drra3Y3M7pCqDPHRziYUX/sOheILJYhVPcnPvIpSn4FX/Q+mhKUoOZazE3AbXlFv3VC"
    "obX7dShHYsXzykIcRjUca17FGYXey5frKA8EdEDHZfDsXot0+M5fSw+HIrUSOwvXd+HRIa"
    "3JHmqFpZpvord3BTRwWestVquZiJjkcyUSBbC/jjM2Fjo5WBYRCycy83SSSD/FCWu6hd7T"
    "BVZRKu7B8OEnAedfsNZpdqBTuQCT4O3qSnw3en1rKHV2/Y5WAcQ2JBPCuC0L0Q0wSR5moT"
    "Btv3YfqS5SqtvEXbj7ZHrU38Lggzrjg7DyJrDyJq7fY85ryM186zzfpozvk5pmU8Z3w8yq"
    "ZA0snZ5bp0hpto7WWyeZLLWtU6QyW6ecMu+RflunSGl0C513zv4bwekmBwevVrvylTPV8j"
    "RGDpXl0BIH4YIoOw8rhIazGsVFLN0fyHpUGxYhL1ntURFLdxLXIe0SFcGHSrQziU6wAADl"
    "LIbad9hHcZCFiDmXaeYij5wh4aqoi3cY4I6bE9RNzIKJWWiROfusUzhQSLDcFYosLVIZnp"
    "rYgybXYSf/9mmLf/u0JvYgIHfuZxUOZxTD8HgXBUpHbM61TgjLA687s9Adv71sjhxwW6EP"
    "8wf32/IztkeT9jzVYbRoT0rmreZcN0CxWqNlU3YT69HM89pYD4Pd92LlocEoBrvfQXir6U"
    "T7BHaO8EZDPGNfT3aO9mBmehRSAQxw7UtAAwvXj8KuxYiOafZNH+JjnWVdgMaP5I7/kvkt"
    "Xyz13TkKA6xW0DGQQydhOnYj9PjBJwj6eIGKj6GVBt/y/M/4TkjciV2kl57d4YXrrb+CyD"
    "/IlYrjyxBkVvGPDnlw7Zr0q509pT7ZCm4nTSyTZGUAy6MG1wxgOTxPpfRRZGmByHC01A4x"
    "k8gVlrZBZUW6wwLL0kNYU6AsFKZ9SFUWeZFKe0BAJCv45HMolA/QL8SkyJRNvqqENgFtxb"
    "rnqw2zHwzq1ofBB2FXaIoQHc6xcnCzbDCCpzHL9eWIm72sh1GOeLSar5PumvF6tNLsbtcT"
    "lXJFRfJu52PR5Xo27uByPRs3ulzhkj4xYe9p6N65Ng6bGqkWBlitUI1fHtoJqVkQxvjLoR"
    "iXhZYkJ4x/mtLP9aDLJoLNxWpyTQrA8VsGVJpblOQIN3crybNjIl5PcGvdpVVJ01OhOg+I"
    "VpVHRz5QdX927pxWeYwgg2lqfpBBqgxSdQDnuOmQ8ljsjMNwumoj8XCtVRHR8USAJ/G5lR"
    "VY8qnov8WPKdELPFy5dr/qSruoMEMeanvTthS6eqhvS6vXdIimZXGjhCmNQi7qocUXXfLX"
    "40piFHA1Cf0ajV+MX/WZiuHb1EDNBg+r9e3M02g9GwJTFAcM1+AgNFIUfEgqMUGoP395Ru"
    "R2scFrj6HvhR4z43EVOOIbWmVm8jQ6z0zfWODBw1FDN/RqONzcMCclOAr2bgh9LAANQ/TL"
    "gQNJhdvJeMPsHsyGw0a5/3tGpHVNpSGYbtq/bz5Bl/M14xa4h9I+8CLfTTSpy5+jPvV76Z"
    "Y77LunYjQViLT30e3ZanJIWFuUFvrT17MzoygD9K4dov9DeiUKSKWd8BuB5i4MqjfI5YzE"
    "vs3vDQo8N6pCslRS3Ft4D4xrl/ZlwV6aJLhBWdrL36pwtqYEWgsgCbXntHeup0eewwVOmF"
    "RNzVVWDUQdN/4n/2vradrJoWzc2L2m4gBdX/28m9i4Ng9hfg8rTMFMs8I06+g6/Y6APzmo"
    "L65RO9Dq7ErlKyBH06HwRuIgpb44mVd4zQ/dgEazuQgOg7KjPvHqCmwoUNZ6WYsuT7G3Yp"
    "p+TtaE2JLluImSQzJh22Qeb/MerldFL2/6SFCgSdtDjSvUuEIP4EBQKYlR3ftdGVtDathr"
    "PM07jVbOTpauiGCORGeLvKfrZnigT57YCgxOCXRm72iFXSg5ZiFQKyzEiB9aSJbY55/u3e"
    "WyZwuOLnGFp81xhafj8gT0aBVwKD0Cui/ygStN8qfVFWNphlpTgoNAWgm25yheBG/4HxZa"
    "MAuRIJBdV/RDVdNX64qqpgRaC5k430r0u4inw4IeP7nAZiVRs28U1eGmYY8ixinVwYBrMF"
    "OiwaaIK2LiUHiDRFtn0Uls++k5BEimcOxD8Vf1uc+RHczkPxnIzThInsQ064is/i0gdyQg"
    "vk1Gm7DV3FCrO7q6LFJtxFff0lWad8IPYujtFlJwdYbUcy4QvwGBEsSZr3OOHwhi2BU+0T"
    "lfP1XkdaB7ds98MTVEDBx5gFLU4GWPjJep1SHNE2ldinQEhZgChwTF0PMsOH0QK6tSqFRm"
    "5k1yleg6wjRVwl5gjWZa8tBYze+RS8LJXUAXKihkkUprlGA8fvPiRTHKE4nXR3MaBb2ym8"
    "87gJDnjRjkeRmClMwU5rD6HKRkOk9CT7h9YD6DwfS/cYhv5yyhHI3OHB5tI5JLTo6XXZwc"
    "L5udHC+fUhJQA+PRnRvIw/vx04MWURxm0VknSSn0VkhENiWTsCLmVh+E04IxuBtFxHFnhI"
    "U9FJEqoc5eo1Ec38QgT4JRBLmEgrvCvE7M5gv0Ar5wGAJvSMd1PrDqsiLTOaX3kyioOTeb"
    "nRslMp2Fi7ZZWQkPGbEDohSwX6XUeQJGxLeD9TLU1YVk2sj2mgqDM3fHmf8GXeT4kfDO9e"
    "9HdehyYYDViikv46ETLxnbIVJX1I8OqVCvliLwVnoTk+QmWVv6zqOrC+kPhvFuyIh3B85G"
    "qCFNHIR9B7GQBgTQYAES18X27vRZm9vqNcfYZpmWWZbfhqDbArMnkkzMRqcI3+QXKz8oIe"
    "z+qO61lIpPMsWU9iItDWT/+CzOLdzcvlRZwUUyw1aT+x70isA8slz341zNJvykD4MPwiww"
    "zd12u3VMTuyT2DqmdvdTmmU1AVmkMgKypK711CyCYfWKw+Ht4e0aHMaoSkcHV0ZgImykm0"
    "oj8HZBgQF/5cyUP7oWwC0OsjaBuHL45C43vlMZewgeFL7xWRSI2vSArS5J4FJHIqtB5BFo"
    "18Pv7LI5cZKLLieikc9H+U1tBge89+YQYbiXGJmLhhR3M0HDBoE8RAVeRQGI6orNtrRDiY"
    "6o1mwRDHvZpab4y+aS4i8rFcVNRPagazUWygqrNaPQeb2OoITj1y/OLCT++Pl0HP/199P4"
    "jxdnX5++7APwDh9/9oC9qEZifEdsd4G9+mlIacqmgiR6HhMfnnbZwtzvrr+9+fHy3bOzF9"
    "arUrHevCwpBffVhd+0Fkde1IbdmMrILZWR1a1dAwJqaujqYpl9C32YhW1RNciSa1arHWbn"
    "Rm20vm6TQgl+tJiSAM3cB8JNpChMIly4EuFCyWCwj/gvOGFW0YaqGl3D3HKzrVXXfUzJqr"
    "pyZ43QRa3eVANbxKfIdgbV7kGLP43HZ2ffjF+cvXp9/vKbb85fv0jRi+qlNhjj6uZ7EIOF"
    "rZnIRWNt7VGDPcJuT0KCPZfv/CbTt9UV1S7WFx/VoqpW1KkGXbVNhDSpqnpF9YdN0roj6/"
    "cmX3Q5oG8cslhSLpzCS5+tGk7qyqD2I9tNh09wNr7T4S3yiZCkgghVjBZRKIozxI2fcMBP"
    "W4g9RelL2euvfyBrceqK3KSAk2M7o1lgB7oF1B/tu37g5oOfU9LOLUhzgSsbgkgrkzCJ08"
    "yGiCE1uobRNQ5W18hvuK4czdMYhh698tYTKN9J982A8F/Kwskcs7mSQ6JEpzO/Rem8JbwI"
    "HKKQWPKAAxfegVvT/FQOyF3ECL9A4RBF8U/ro04Pn/adqThdkwMzCq3nBGpsAsjxbzic/t"
    "2N2fvODDzKEOBPv3vfyU/PTmyP2vcTeAUW4sXy2VcnXxlY89Gtpo/couR8vhT9F+sspsKA"
    "dmspkENBPY/HbrSUfp4LYyKrE+eKttIBkel6AV3F3yBYPUhWkHUDbswsse2G66opNMgdu9"
    "g6As7duuycsT+M/XGw6nJuEyhZIHkqw9RyCAS/lBTu7BwEkaPRWhOjvuf6/C4YujDRgIvf"
    "O/iij/77uoP6+7pR+31daezg1vJ8Q31nt57pJkD60RWs/NzOCShK6pp1nu5gZngkvAZQ2Q"
    "CUG8+9G6An6aFNOGayskOPOS+RHs60Q2F+aFZ7LxopiEUwx/wRTlwfY/E0loFmhhXEvTE5"
    "Q422VTrG6mReOfnhHSwsLFtrABmsBjyFkA+Mli6R9VFgzVgCqlrN1xeIH9FrRB64CcXfhc"
    "ACqjOyhrnp0BVWrC7NDct83FxqxVh0xqJ7GsaHG5KFaqWSjMSw84lUKenpVTK1SA5gzfKf"
    "UhdR1VbXmtTGU5kVW7diTWj60ZgapVAMlT2Dj1bGD5+OJNxJqhhzjsYUhNAmaugo+RkQzK"
    "Q13j2gJaE4QgFw3il06LwldOi8GjrkkBDXddtoblGbURxEj9rVnErcjkIpG9GkdgUgi0fu"
    "QlGyPfZULyAE3IqrJmzfwWew9rWawW433CgdtUBu4rrVCW5zk6EdSh8X4C9IpJKmBsRXYy"
    "T0ZNHwNg63BnhWVO3nk78Q34gh/HuG7DllxK8rebyTZ+wAiFtGAV8opCsaJ2AEupTNZWtx"
    "OPTz2+uP1wgaqkcM3bxHz07ituUnFjqhd9Dw0IE/IYL9gZx8VSlcXHjt1GwJsKxtTSA7Lw"
    "X+u+OI4s3jN+n48v+F0ldvf8lUj1F5l3ksD7tysT/ruleCLk6zfGB3ZiVv2PG1WOja9yI0"
    "N+/NUXnD7A7tLwij0J//gk42vFqPcuCF9xkWojZla0zZGu3VaoND7RSHOlZo2hTQ1mIa9h"
    "00FyubCss5R6L1ehZmICjuQheE4OVV4Ib87EAhvRDVGUBrRqAmwGJXaO+142V+zxmhMiHJ"
    "eK1nA14yi2+ALoJJ4LgeTOe/P1RruhuP1zoZPuGxzEp2+X7A913Rj6G72EmrRGVhZxRaL+"
    "3YIrVQbG1ZSFqDFnKElAnQjGoRqpsY7CUnWlt5soRk6+pk+5oMaD7JhOayDFzKBf76jTgE"
    "GH9Nj7BQpV9pC/eTEmbjlwolzIpAiYors0h5OC7NEUwEtBcTmQsMQSNtBElFEqUVgW0SV3"
    "PFCe36W8/MwXlAxe/vsygKhAe0JkTwPxJht8ms8y3K/08N0ae1AIyfdmA/7dMLYn+SoSMa"
    "dbDZU6oCP0NdT0pO7Et1k5tRPppyI9e2yTDtew9tGSS/vM92L5IezEJ4mtsdsh966c6Ome"
    "GDmOE5XapAMMlwrRGYOV1xQR1KXTfO/IHMXQdwgYXLGHH66L9DgzMhlLir8v4yCPC6wQmX"
    "UJTYr2F8EGetT0OEmYgQmuEBrExQO//1WwXhSpzf3RGuhEJrhOuexAgiICk++RwWg2nQAq"
    "/RjKJpLyx3RyWzjjO2kK/ntZQkbsgsvqQTsSLyVuOswj6zcDbuMAln48Y5gEulCrMkSLIt"
    "Owr0HIXOMl012+8oGmzF8X9/F0dUS4Dg35MzrEOEYHredczGjcP0UEAWBGr7ssbSRFzqC2"
    "zRnlPKCBP+prr6r8PddnPlI/lrTdEjkyJ7aHLMxCUdQFySHQWM1hShbOmPnVJojyALNX6O"
    "HZRWdw+jYHstXq3TvFMbIdCcSZEjOYhUCjjgiDubh1D6hLOX65fTNUqLEuqRL5GfE48fxl"
    "7NlLRYrRmJ3marfM/M6AItzqMzUEjwlD4M4CW7/uetMGA1UzA/zd271oKackA3BZOlY7sU"
    "1PSz2pdg1UIXHyYKrom8EBaKjBC+I0Dri3XG2jKafe+zTS5JsTYg4U/oGiYveDSJ6QUX6w"
    "Pl26L01Z8nKJofZqLyTVS+LorbUMnDpuTn8G0HjjFS1olCflJ4BD+Q9Lzoh6wOHD54nAac"
    "aBglyqxBsKYMSBJV2S4QWSzD+Jj2vD4TMLyVNyUz169RedtdoBnV4YSJPUkPaKIWKfq3zd"
    "TqP7U+DZWEZzJeZ9nZE/zaSaWLpJvHtMYB24KBFai0x8H2oF/pggfcCnPiB7Ie1YEB2VWr"
    "FQmIjZK44VSXUhSS4oQhsI7QPXT5I74drCFODK3ccA4NAjELSQAXpato7s7mJGs5GY8H/6"
    "znpfVHHCK+rStNsZdnbvZQyVtt56IyxrgxxrWUa4WzWC70Cj8bnasZgc6BCaNTC40t9Gs0"
    "fjF+JeRG0p9UrIYLtMSBaFoOTuw1st0llwMh+azWGnewmDMp0UA21y7uZtWoQqizjjRazV"
    "17jj5df/uRD/jh+he0CqCWt8NtzT425fB1AuP3qc7AlevjoMGRkiMqcX+6DmWKqSb89ymk"
    "G0FF9cvrT1+Pz199/f23P+YWf3xYpmfv1q6Vq9h9lVolnPdXN+8vP/5S3+fuqsbddfXL7f"
    "XlU+h0ZwxFT6PmC588fBWISgh1Snd2tV3pZh6eTLOBXeq/BXThMiL9nRDOCPG692QZvkEs"
    "pAFES/NNnEsanRKbLghL9q7okVhb9G2wGw9d6W2DuyzjoWmzYGLIjOIeH4GiF6oaR/M0+7"
    "U+tWfnknqurZSwkFHorHNrE5S3IPz5tpJtk1IYBj/hamzaMNjUXBtc6jpcjVS34TIqY79p"
    "Z7+VHX19jPQ8nZli7aZYIxP9W9BoRw0WurxobTTQ7XTcRvv8g0+Q1EvALIYwGakGWiiIfJ"
    "9PuoiRge+l4K8a4r3usNlhlWmjmdpUOHsCGvnVRvODG+rSxDC1pnU4Z409vkdVxhiQxoA8"
    "bAYfqwFpynlrMQ17lsdS36mwsxHwT8frHdYgtENwx4jirRdoFtAVk92dwBqCqG0W4kDUGu"
    "1c3WUX9Y2VIjxTAq3lSKygW2iJIwbFjVlIRfgCn5IH6vaSJQMnJnApR3wH1wT0NDM/T6Mz"
    "/7U5KPn+4nbYpCY8vc2jmKfSWsZApibYoYyfL5CfmRRMh9JGUDRdSabsxfFYkDxBP8ypSG"
    "lQJ+1Qp+I0C8Hba5rzlKYIos6zrIF3wMzuzmaXa1Mq6nmkfTG0kdTF42ruTOjjAdfDA8KP"
    "0hBhn6wukMdfE9Bd+X1IPQfqH3SOfz2iMmqfPHwDvRwesDdqAPDT69ZGDN/ND+0SZgcqPE"
    "ABuCVirm7M5uA3E4NmYtAOWBk80Bi0KkMPLwjNpLQftcbzyCntRpc9yiiISxK4DVkK8aV2"
    "7QlngzbpTc1zO7BW9FRUoi0R92Zlp7HidDMM3Fxy+hhQ4PH5eQcYmI9qLq0O10qVrPiuUu"
    "BwPPwIuXvaqYzFaUsZi9OaMhaU23R+Df7TUmc0IzmEOqNDnJWDlRN91PPsy/8DXkIFDw=="
)

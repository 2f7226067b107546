from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "tangram"."routing_agent" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "presence" VARCHAR(8) NOT NULL,
    "since" TIMESTAMPTZ,
    "heard_at" TIMESTAMPTZ,
    "assigned_at" TIMESTAMPTZ,
    CONSTRAINT "uid_routing_age_tenant__cfdaf6" UNIQUE ("tenant_id", "account_id")
);
COMMENT ON COLUMN "tangram"."routing_agent"."presence" IS 'online, away or offline';
COMMENT ON COLUMN "tangram"."routing_agent"."heard_at" IS 'last sign of life';
COMMENT ON COLUMN "tangram"."routing_agent"."assigned_at" IS 'when work was last handed to them';
COMMENT ON TABLE "tangram"."routing_agent" IS 'Whether somebody is there; the row is the lock of their capacity.';
        CREATE TABLE IF NOT EXISTS "tangram"."routing_decision" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "item_id" UUID NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "record_id" UUID NOT NULL,
    "queue" VARCHAR(63) NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "act" VARCHAR(16) NOT NULL,
    "agent_id" UUID,
    "actor_id" UUID,
    "reason" VARCHAR(500) NOT NULL,
    "detail" JSONB NOT NULL
);
CREATE INDEX IF NOT EXISTS "routing_decision_record" ON "tangram"."routing_decision" ("tenant_id", "object", "record_id", "id");
COMMENT ON COLUMN "tangram"."routing_decision"."detail" IS 'who was looked at, what left each of them out, figures';
COMMENT ON TABLE "tangram"."routing_decision" IS 'What was decided about a piece of work, and why; only ever appended.';
        CREATE TABLE IF NOT EXISTS "tangram"."routing_item" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "queue" VARCHAR(63) NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "record_id" UUID NOT NULL,
    "purpose" VARCHAR(63) NOT NULL,
    "kind" VARCHAR(63) NOT NULL,
    "units" INT NOT NULL,
    "status" VARCHAR(8) NOT NULL,
    "rank" DECIMAL(24,6) NOT NULL,
    "entered_at" TIMESTAMPTZ NOT NULL,
    "queued_at" TIMESTAMPTZ NOT NULL,
    "agent_id" UUID,
    "assigned_at" TIMESTAMPTZ,
    "expires_at" TIMESTAMPTZ,
    "accepted_at" TIMESTAMPTZ,
    "ended_at" TIMESTAMPTZ,
    "hops" INT NOT NULL,
    "tried" UUID[] NOT NULL,
    "sticky" VARCHAR(200) NOT NULL,
    "reason" VARCHAR(32) NOT NULL,
    "version" INT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS "routing_item_open" ON "tangram"."routing_item" ("tenant_id", "object", "record_id", "purpose") WHERE status IN ('waiting', 'offered', 'active');
CREATE INDEX IF NOT EXISTS "routing_item_waiting" ON "tangram"."routing_item" ("tenant_id", "queue", "rank", "entered_at", "id") WHERE status = 'waiting';
CREATE INDEX IF NOT EXISTS "routing_item_held" ON "tangram"."routing_item" ("tenant_id", "agent_id") WHERE status IN ('offered', 'active');
CREATE INDEX IF NOT EXISTS "routing_item_offered" ON "tangram"."routing_item" ("tenant_id", "queue", "expires_at") WHERE status = 'offered';
CREATE INDEX IF NOT EXISTS "routing_item_sticky" ON "tangram"."routing_item" ("tenant_id", "queue", "sticky", "assigned_at") WHERE sticky <> '';
CREATE INDEX IF NOT EXISTS "routing_item_record" ON "tangram"."routing_item" ("tenant_id", "object", "record_id");
COMMENT ON COLUMN "tangram"."routing_item"."object" IS 'physical table of its record';
COMMENT ON COLUMN "tangram"."routing_item"."purpose" IS 'what the agent is written to; one open item of each';
COMMENT ON COLUMN "tangram"."routing_item"."kind" IS 'kind of work, for capacity';
COMMENT ON COLUMN "tangram"."routing_item"."units" IS 'capacity that it takes';
COMMENT ON COLUMN "tangram"."routing_item"."status" IS 'waiting, offered, active, done or gone';
COMMENT ON COLUMN "tangram"."routing_item"."rank" IS 'minus its priority: the smallest first';
COMMENT ON COLUMN "tangram"."routing_item"."entered_at" IS 'its age counts from here, whatever queue it is in';
COMMENT ON COLUMN "tangram"."routing_item"."queued_at" IS 'since when it is in this queue';
COMMENT ON COLUMN "tangram"."routing_item"."expires_at" IS 'until when an offer can be accepted';
COMMENT ON COLUMN "tangram"."routing_item"."hops" IS 'how often it was declined or missed in this queue';
COMMENT ON COLUMN "tangram"."routing_item"."tried" IS 'who is not asked again';
COMMENT ON COLUMN "tangram"."routing_item"."sticky" IS 'key that the next piece of work may go by';
COMMENT ON COLUMN "tangram"."routing_item"."reason" IS 'why it waits, as it was last decided';
COMMENT ON TABLE "tangram"."routing_item" IS 'A piece of work: a record in a queue, or in the hands of whom the queue has chosen.';
        CREATE TABLE IF NOT EXISTS "tangram"."routing_queue" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "queue" VARCHAR(63) NOT NULL,
    "cursor" UUID,
    "credits" JSONB NOT NULL,
    "levels" TEXT[] NOT NULL,
    CONSTRAINT "uid_routing_que_tenant__9a3454" UNIQUE ("tenant_id", "queue")
);
COMMENT ON COLUMN "tangram"."routing_queue"."cursor" IS 'who had the last turn';
COMMENT ON COLUMN "tangram"."routing_queue"."credits" IS 'of weighted turns, by agent';
COMMENT ON COLUMN "tangram"."routing_queue"."levels" IS 'levels that the backlog is above';
COMMENT ON TABLE "tangram"."routing_queue" IS 'What a queue remembers; the row is the lock of whoever chooses for it.';
        CREATE TABLE IF NOT EXISTS "tangram"."routing_shift" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "kind" VARCHAR(8) NOT NULL,
    "queue" VARCHAR(63) NOT NULL,
    "begins" TIMESTAMPTZ NOT NULL,
    "ends" TIMESTAMPTZ NOT NULL,
    "note" VARCHAR(500) NOT NULL,
    "created_by" UUID
);
CREATE INDEX IF NOT EXISTS "routing_shift_account" ON "tangram"."routing_shift" ("tenant_id", "account_id", "ends");
CREATE INDEX IF NOT EXISTS "routing_shift_ends" ON "tangram"."routing_shift" ("tenant_id", "ends");
COMMENT ON COLUMN "tangram"."routing_shift"."kind" IS 'duty, leave or standby';
COMMENT ON COLUMN "tangram"."routing_shift"."queue" IS 'the only one it is about; empty for all';
COMMENT ON TABLE "tangram"."routing_shift" IS 'When somebody works, is away, or stands by for a queue.';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "routing_queue";
        DROP TABLE IF EXISTS "routing_shift";
        DROP TABLE IF EXISTS "routing_item";
        DROP TABLE IF EXISTS "routing_agent";
        DROP TABLE IF EXISTS "routing_decision";"""


MODELS_STATE = (
    "eJztfW1z2zbW9l/B6IvTGSYTy7GbjffeGbv1Nt6myW7ibrd329FCJCSxpgiVoKzo6Z3//u"
    "AAfH8TQVEyJONLYok4JHUAHJxznbc/ByH2pwGev7j1WYg9jzh3ZL7wcEgGb9CfAx/P4Y+G"
    "URYa4MUiMwa+CfHYE3RuPH4UZgnGLAywHfIRE+wxwr9yCLMDdxG61Ae6KxSPR+EMhwjzzz"
    "72QzTDDCU3fQE3c6jN7+b6U0W6pe/+sSSjkE5JOCMBp/7ll4EcPXIdGCF+/G+/WfAzHPKZ"
    "MBgDHxf3o4lLPCfHIkkjvh+F64X47scfb7/9uxgJLzoe2dRbzv109GIdzqifDF8uXecF0M"
    "C1KfFJwH+Ik+GSv/S8iLXxV/Jn8C/CYEmSV3XSLxwywUsPeD3462Tp28BiJJ4E/7z6W/Rq"
    "mWGj0fsPd6NPN3ej0aA0NfAKBa5HX9nUh2l1/RAY9ecXed+UIeLbATzgm7dXH5+dXXwlWE"
    "BZOA3ERcGuwRdBiEMsSQXTMwsxO0FtmZ0j6pPn8Rcp09P1HLMzZphmLE5ZKv4vcfObGQ6q"
    "uRmPLzCSv9gBsnAwx59HHvGn4Yx/fP2ygaX/vvoouPr6peAq5RJMCrn30ZWhuJRn7gMJGL"
    "ySAn8zJEfI4ldtWPyqnsWvSiym4o1YmcX/+PThfTWLMyQFFjuuHaL/Q57LwgNkdQNrgRlw"
    "5zljf3hZlj774eo/RW5/8+7DdVFywA2uC6xPj3cclvn/LWdc6M5JzQlYoC1ORET8Iv7juK"
    "bj7vaHm093Vz/8Mzcn317d3cCVofh2Xfj22UVhnpKboJ9u794i+Ij+98P7m+LUJePu/ncA"
    "74SXIR35dDXCTpYn8dfxV19A15ncZ85h+GKM7fsVDpxR6Qod0rqx5Uvz4bz4DfbxVEwScP"
    "OLlWqdP5AQg0Zwy5W7SrU0N6BZI51HQ0duPHajMvrBJ8ghtocD4nC1ks/4G4R9RMe/Ezu0"
    "uI4pfgf8IRceSpcBfPngkpXF6QhiJAw5NSvrrbt5RIWKW9Bm/xykczBY8KcnatI9H5Uqwf"
    "wP8nnBlxMTcjO6UTwNOZ6OYv0g3skDQcxfFj6gn97efLxBAZnTB7H10e0n9P7Hd+8GQrBk"
    "3iZV2pSeLslqnz/48tQVeK5F4DWTi4X/csTnIeDzAVxgxXVpNHv9Tg4FzT7ew201z3i8UT"
    "tbqJ05adl2veaI9F+vAxCpyA3RmHiUnyoopJdCcsh9d8KQ66AJDfh3lHFRMslc5GSMeJPd"
    "ixRjye7FkuW8d8NKU/band76Yc2Cz1AV2Oz6GplYnAkOPwfxnC9zsYhh5TNY0ZSrZnLbco"
    "3MQbGMbDEhU3jd538ZDs/Ovh6+PLt4ff7q66/PX798zceK31a+9HXDrF3ffnf7/i4/YfBF"
    "fprG1FmrmMLx+EOwgwc45CwfL0PCkMBzuerL52E5J6AGr1z+C5YhAk6IqbJnrufwidtaBO"
    "3Edl7M1sy1sacisLI0OgstaW5ZSL454geEuP8l4gY/teH1+Lay+YB7sgg7aKB5WXdx1kLW"
    "XZzVyjq4VICUAnfqKoF2KYXe8xJ7R/iZbsM+mQR0bsEE8Qvhugv3+z9pJC9HqpKsQLaVQI"
    "tMr11PB7wrSDKpNUVTw2buYsF3iBvqKbjsgADjRrXQdq0yUEGps07QXvWSJ/3w9NXXr16f"
    "XbxKDvjkm6ZzvXyGp+iIKqiap+wBUt3TRpi5jkN8xFx+KlyixTKY8g2AJyE/GM5eIgevt4"
    "cmDgJxrVoF6vusgrLTPtvP5D/6NhtXHDP1JnyeagsbXjPudjfBdXMT/Dta9k2egn+nW6ON"
    "syCzk9r5C/hNPZeADcJvS96g1YxyC2VGfPgXh4h85rfw1hZiNIpU8deI4IATBYiFoAfY2E"
    "djQPrnC27xVAS77PA5m4NjYo6Y+BgTH6OrXtYPqqh+/h6IfjsAsyN6V2GCSCGC5tghShBX"
    "bycy14dmNFBcvTkicx5XclQVGS+Q6YxpdATIh+evWuAWfFQtcCGuFbitbLCZ2JcDsMTmhD"
    "Guc5bn9o58rjkCMiRHsXmapvPmP3fNIFMym+8+vP8uHl5EngogkziKlIL6MiQH4cyA1wEH"
    "0590YSHXsYRryYp8TZZwY1hcMZ/QgP8vsBAL/bocvhxefNETGFx4uEJLqp+wePxBzBZbzu"
    "c4WL+RRhN4nBg3sXDgQ7SVhUAhR9y8Clx2r8/s6GKZ/5P4DufFTzS4H1RZ5dnrVqNFvpAj"
    "R6t4aItUEhaSBaLgLBy7UyRuFWeH/E7HyKHgThRYY6oEp+7EGfXgiWi5QAHhmnHAhHNxFb"
    "icoiKUbw/PM6krxjQ3pvmb4wxwk7cDl+wD9lwnSplTNW9OL1pYN6dFpTo1buDS8QdXpbxO"
    "mQlhJbkQN2bPyBx3mYT+AxPgaFFRseLxB6FiiZBkwWwUv7cealSV91vd1M9TGpNfa5Mfhx"
    "CPEVYYoLWob5ZEZ9j30fytHmbhiAQBDVSQlDyV1qeJiKES3jeIr4KUc5+G/NauR1rGjO4D"
    "ZtHFKLyTmTpV9uBdksTTYAqmmT7tXLL2koV0zq2uKEwdoq0mNJhL04sbZ9HZwy+7IUN05V"
    "e7XDveZ3MylrHPHtU+Y95yqqLgxuP7EUmbedxBIIlQaK7P/vjxnUQRQnpPfHYpwMUoB6yz"
    "dtt/Ss0xmhhd3VMv23CXj6p3T70s8Regy2WFStOwxhMKnXk84LLffSBgx7ElA4iw7Xm7a6"
    "M5TsdVstkyNAdht9l0sY4PQxHRHP0tksf434C6JInJlsgX+2Pp2vcC34TZ2Vbo78TQyxYs"
    "artdsjRab5hsHsCK66kTN2ChCPzQMiPgeENwIiUxDjS8RNOArhgar0XemVAoCf8t60KgX8"
    "tp6dmAIwtqz8qT0JT/l5BoPQuS6RluR5FQfHbimYEdEbjTWdg2RelRsv8MOtXl/DgIdEoX"
    "s/3Ktglj3wV1tnv2utVowGMxcjQNWpvxH8UGBN8qSMeA2DRwxFkVBTDKb5j0ts4JAZcrXw"
    "aOSEG20JQriXwgFdRLxk140EUwEku7ZOvv8mG/+r/6V0j8cuHw5cJn5nriOHYZyPoAcgws"
    "gR8F5IFbbY6EF1xfnBdwE0v6heHpnIwrvZEEcyXsZHuUEUekXEqFDIe/+vwaxHmLMjORny"
    "OJZ4h81OyevUBXsQQUtxW/lq642Qi/hd8jyoHoUmQGOBG5M2V1G/hLsrJFrZfskhnBrcSC"
    "qi70UltPxhIYicqTQOGWJkW7Z41xaM9Uf44ganiGgYeM+/4ADlMF932yTRQ4mqXRn6HCp2"
    "mDCBbCdYofQMZHSDEFebmHmkspwzPCty2/MyT6s3vP6zc9wNoCBCmF3vAAX7XyVU9YFMAm"
    "w1G5lmLzhbsMPa7dML2KNqRKhMLyzhFpnzwinij1SP5/WQEV0iZWQfcpWHIPbevZzRF12g"
    "+Hk7KzkyB5bNdUvr0KAryuiVJIaQos1wtV7ovpv/xWWqrACjWmRfqg7jyLf1tBTvdW3bGS"
    "n2yGF0ogeUKg9RHouFMi8zMS7Y0bvuSPJfbAchYmW1IfLFh6naI0h61y0BpS0EoZaCJmdA"
    "QYvioAmKc0AKB2AGB5mpd+6FbUD2szzwnpwdSIeZLzLKZpJKG88kTX+5CLdIdQDOvPuNp1"
    "DLUm+uGXNxG8CZF14YzLYVe4zLY+0HbiOA4IZmqKcEqh85GorRoc8FOZAECrXMknT6e9+b"
    "dneCPlT5dCZHlao09ofc7EHifFHVQg034DSfwk62qjvgcVGO+JqGO9T8gk4V2HohF5UqPC"
    "6by1IvdtJxmapTSzfAizrKqBZKm0F5971j9EHG8lR+vBpSyNxpDyIAnqCMhkyeAPaaxZ/A"
    "Wwzyak5Vm0iwBmXSKNPlKPXDHmTn0ITxlUBRsVhliN8UYBHzzC+dEtykcAGZrxV84E8EBh"
    "FuY6Ioci0/kC2zZdJq0vlMJoCjUk9vNQxdid6EktAlsKrB5FlGI61KN14G6qTxQ09Y8zwT"
    "QmmOa4TsvM5lTgaZ7KMLUIgURSpK36EY8/Chxv1+l+Gvmq9lXmXoT6wnvDuQyBxZcoDekI"
    "RVOUrTGIg7OdnqAzK1oJ4sXFUrAg5Qd0NTgyx5iREwYWgb19MbmDWw6MLgNbLaIgodBZ7g"
    "6wM3f5REOwAKQRAN8ez8gzHqvHrG5q0rSegiSLJ0sNFMxTGVCwKKsMnH78O8fA6f3sHF2g"
    "3Kul44bfzIh9v6BuXeJoYYzVnDwKo0d2fvhGNPduBqgqdkRcJ+Ck0EM0TPBVQA+JE9dxui"
    "drGfiZ1ctl+V5IsAQVvgzd7uQJijhtDihj5I+NaYgFXo6AxuoHO20qDlAJOlVUBoi243aw"
    "6S6Bkj3m+htMdY/KRrQP2q/oiEDnYhdaruqU5TPMKkuM+DioSc6IKQpMH69DmfJwYGxv4m"
    "AUgZpocNwUvb59f/Xx52pj9LoiYvX657ubK9O25mko0dWwToP74iBgHS5lsSdjJ/jxJRyh"
    "NABdqlMiav9wGn+TylO4oS59QqE132VW2d3V++8+Xv3AR33zkQ/8/ubnSKvVg/vwLjhcBh"
    "UIctMpkiPT+ygZvP3h6pvnn95ePR+eX2ztH+jzUNHK3Lzxw2A9qLU05WWrhZFJkpEb7ctP"
    "dE6gSM9UmnVQWs+hPth9hAgpFYV7vUBXC1mn0kI+lByLYnacS1HeZ+Fhm8QFeqQNCWWBfC"
    "Te/J3r35cNz/0+ehuLtEVdnJTvo7TMc4fIIT5ZSWtItccKyo5PTas8qD0zpTOWt342irG8"
    "tz1qVKKZjsEk+fSH96389OxEOPNH8AosxPPFs69OvjJmilSXj7GJEz90+cEb8OP1hZDwL0"
    "DCu4RJ3eP76CcoF81pUy/gor5ewEW5Y23mgGwfMxiafst1ckvwRnVJ56keeWFvcxzv2LaT"
    "fFJuZp2jOhbu7qSB9QFXNKsQwrJyWZQmEVcXEOkUcc+WE4bidaG8ult1aDht6NBwWu7QEJ"
    "X0Kk9AQ3GiDM1jVyfKKDy/Dk7+/HLy5k3IzZdffvt1UKHtcCtEVNCJS9iCnTmmy+3LOlTW"
    "KZIDk0JIrdkbKfwHx92+gt9KjOSqHRizShI4JdFPSvgkhG7CKHrJWF5A1c5uWXg70NKmUb"
    "5aa4bHBPqx+0euFj+/gvfbntM76ZITla5QhPDzVNqxvaOS0f9SdkiIq+L862sZpRSadMOp"
    "kMO/M+qPqw+5OQ2IiO4H9R7SMLldaAekbR+JBv4fXZv4BGIe1KL24qrVArT34oGtYsIk6g"
    "0hWz4SWCyKC+3HXYAFFF4d7qVCvLl1u4jXKmDptbivxI1V0d8sVT+hKgYENiCwCb9qhQye"
    "WmhooV+Xw5fDi7ilR9pvXJaG50YQmuKF1q2GFgF5cGlVO8EmN3uWSnMvO8SVxSoqnCZoTC"
    "Y02D4/c1dRXMcaOTeIIh3iuRCnlyUOWH85H5NAdjaFuGuYMQ1nSSv96kdfhk/V61jJiDZ6"
    "1jI7eKOudSO9IFGroYCIMHcpAN2goC+hNQnLClenO2wTrZAoS60c+TE7RjRwGrsTGZVOly"
    "PNqHQ7Vul0EX83D3VlpOSVZnFHHlrXjIIu8dDaaxFCqk/ghnxMrOVBdS/ZgyHq2wE9V93w"
    "DRLyA667njjQuA44pp/jqhDVreh38ZBtZGVVRzerTRSUYO5o5rKQylA7EwBlBOWTE5QmAM"
    "oEQB1LAJSsYoCWC1h4yCEeCaERDQh4+Mhflq7RnARTEmEhXfw/Z8MW7omzYa17Ai4dTQCE"
    "aenWb0u3Iz1XTMCfCfjbiSZqYv8eg9E7CQOUGUEV0H69lz5DcpBu+j/lT+FmjQSQLYQnIQ"
    "l++3IJuLPQZsBwRck4cfnL1jjzTloQ2XjJKrZJQ5RbQqFhkNvYnXJG1gURCuggwoM94qAZ"
    "6QP9F2ZwKfTtKEOD4veDyNjf6dgSxUg9Ou2mA/YeMPRAAlbZWLYW28lQPK4n+GWZ19G7xb"
    "6sxF8xp9xEaslwCfkMT199/er12cWrBOlJvmkCeCSYoxUk+68lEWyuwWXlZWszODv6Ixm5"
    "2RGVkRqiRD7x8BociLLwEvYdkCVrEl4KbJXPk6zZJByQQGvFhfTT76XhARm4fHbBPcl3E6"
    "vwYO3t0b/6v/pXKImCh+/pCkrNEiHu0RwH90CD+Y0cAR+L9S2fAl0DEH+p+IVWdOlFQDME"
    "a2MIY6PgeAV0aWsnm5i/tjixmOctPGzxw0oipdHDlqEyHjYDHOtkkOoizt8KWRH8wOVKpT"
    "zPXm8W6FLqBKN5PLRVGCeZTIgt2zLjSHAFUQMVKLU3w1D5gDhvEsFa7zC7FzEGZF4d8rmr"
    "B20OD40eBn/yJ7WPFDUOMiPnDl7O5cPdko3Q1hDLkBwhErSThESQMQocjobrzN1Bokdzs8"
    "t1REIofAVyW4hzrjonQbhJ0IcWmUl6+4TbSXXjEq5zCeuixP2DjiuVN/i+WWn7PRqxUVf7"
    "CfIthf4DLXhXoChBd7qsIgWfI2sXFkgA25SCTgQb9QX6Fq6DkStiQCN72EKOqLzsc5WKr6"
    "h1WXfb54O31uXqzWWfm7lRHfvNNjN/2VHAX68+rgr99Pbm4w28Obft/wediNEnzTWulF/B"
    "o5TVd+SrfgV09f5b/h3/MIcvN7xSu/dYcgYHoxVuyY7b9+jZCYPTwuJvtfR9vpK4mGp8Ef"
    "nG7V8pHd/8PoIPf/0bZ0TEGHhB+AyrbwNzMmut3UvBPVtPV/QCxvow1ofuSrOxPoz18YjW"
    "h4iuEgYHFJ24TCH8WAeRhVAkoE8chZaAezBA0oOq7ZSkFFrPilDouPUHyl10zvKzXnzMNO"
    "9woY4q1x4uQSck80W41mZmYu+EWm2bHNXBef6LdYMu5ZwILV6o7tuXWKiJA1jgtUdxxXFa"
    "Hx+TIdkqPuZwguh2EtkiNE41ARQRaC1/hLkDpZqFd1daGSBkYiVcVca8biFhXtfKl9dl4C"
    "mErVUhXGo1+CyJblEYqur7VqEW+YIGfpWEbqhn4FfK5kfn4ECAdkJn4TpKSIUGI9zylygk"
    "nscgPiDEHkF8GMNTfowucNAWSe2Z6xmoQgU7zZBplVSzQb+kYV8p8AeBmha2V5eJzpCZrp"
    "A6zy9YTGo2d0qhX9jlIqA21BsUcDQ/8xnXZbuc9f2HXHoEM9KtIXuB9GD2EzcmiA+HlutB"
    "7JtcN8imSwjVwwxNuSn49ASqh1k4IkFAKzZdfXPwPJV2G68X0Wm6gqtb9cbfq6W/9w6gkk"
    "GVx1desRp9vmEyRqU5EuU6qmhPlMJrl2jiBhHgaSEPHEt8gYLflR+QvmxV1Nj1aJt7bvbV"
    "xrl6Gx21Dr9PW7+oYN7IWW70i4qfwW+Lbj+h9z++e1fy9cUD2j1RjFZ65oe76LnGxWdcfL"
    "p7pvpx8R1lWYaspymOgxH1tzvBjMbpp+r0kyFFUdlPSMiRVaEZCUM4xCCxZgqV6yCsqKtB"
    "eHrealbOG2bl/Jhcf9sI99177lJ9QUXjT6m00vYNZlU0oY2r8LFchYlKrLi1snQHg189yb"
    "1lAJMnNfW6ACY/kfGM0vtvCVTMqmkxXRxjNYIoKzmaL4PM8FZlRmP3ahK57jsL6sZ15GVr"
    "LZu/m8z/rq4i2uEe2xVUlrdvHbVd5M4ovkMtglGCRzL7XfVhEWnDs5QgkXprvH8zfDMuMv"
    "jrZOnLdFTxJPjn1d8G+z97NtrlBvrYOYuzNchzW7QtUwtkhq01QZpqQOnWhSc000Afp12J"
    "YFmJ7/XoRTxea1yJLe0ZeKftJQvpnAQvZLnVbljesBVqNGxAjYYlcGNMnQowr951HI/Xmu"
    "uA44HBmQCozJ36xBEF1WUEJ3RQEeoU/NFuMvbtbD7SQNoFP4M4myEhU+hvaW5mgNi9u1h0"
    "Bbpb4dwNMPdRhdT2exL0F17Ll2hVQ6r6+NqEQOODdfD27u6fSL5q0o8KsxBF66Hleu6Z1+"
    "BM9+31aK7C7zyRxjx/tCXMlccFf0KFZK4/NLM0WgvnMZm6UWpDdhn7bNW2/e++T0nl2Ddd"
    "wt42BTtyxWUlAh0DCgUAw45SZd/z4dGpiiclGq5JQeLNWiXIx3QKGMAcmKuTUvbLACYpPi"
    "0kFtqX37aepp24XoKlSr3WaLTOKs1gGtAVk3goBI2tEdcsM2Dt/g+Ko/R9GBdX0cUViYJO"
    "E12kNc5MnWc6MVi7RIMUaM1M6zbTmvkub2IPWoPv8ibjZWvhu8w65Tb7Lq/Qjx/flaqgx4"
    "BaSD0HLsra/mWvpTL1Zn+lceIZJ97WxQ0fn8MpR5dBRfJePbwbDdfZbO0ctfmqTTkEGNYQ"
    "t/mqVBQh+3IKjC6QHSHDz1uFyZ43hMmel8NkJ64XRhVd2lr/GZKDQAB++VMcqpaICecmPr"
    "RXcOHil9/i0jbwxsKxJI1QhfK0+4YAXN/2lg4ZyUJW5Wm7ptQj2K85RUvEhQkcc2qNZg7q"
    "dMiaXjP+q6LiXZbo50F9bx2FUIkOWS3dT03+7g8f3uWm6/q2iJz9+MP1zcdnp2Lu+CA3rH"
    "GKi2pWRHV2MlR6Twvmt3E9wJtjrAbx+XGYANJErFsPFaL6mw1G7IBU2H71aHNKofMxMrDd"
    "BVe6Q/4z9ESVFwF5cOmSjdRnoIL0QKYiNp/ki6O4651aZbtHm6lOxSnK1AcDlAzEKyNRpa"
    "I0ayIARZSpWBGvZRexQwdU8uGKMBeqx1iGSutjrA+7scdTynGZ4BvUFGeKpk+ZVGthuZqt"
    "o80WcOUBxa+P3FBVThbalrcykM4aDKSzsoEU8KWuVv0zodCs8id25q7vAvtCGkAZUDiuGo"
    "uA8klaozkGrxx20Jguuf0klW6IzuvDRoLjqVQGNNIuR8yNivQqpZkViQ/nLJq4AZih/Acs"
    "+eEjGuGm8QNsaUNZq6d3ChmP7JOa5nFFYHM9VJ2n2gKrPhy/nApWLcPWO2ydPKXZOlpvnQ"
    "Nu5axRuKguruSbzwsaVHuQo0tWc8/mdNBGd/FHgaiCiXvP9W/RaBNKDE9cgMsh72JGV5w2"
    "6p5Qdhh3oN8mxbVFI2Px40egajfmlhbyWDmZy2/ZIo81eoAgACbUP8J4vo3nWxf52JM6wQ"
    "12RYZmSAw7i16i8e/ErtDM6oGelEJrfAdsVvmqED0ED0fwmy20mrn2DNFlCF4jaMYjCnh1"
    "gXouzlogPRdn9cWZz0qOcBrMq/Tk+tlIKbSeDZs9AKr22WOfu3C655YXCxzO1OC0SLiX2a"
    "xZmMF3AV7M/vUOiV9oCUUItKLdQGT8lwQVhnJ90EZCcBAhGw84cOGRSWIeAJBvkIw8sWS3"
    "qGvR2AUH9mxrFpuWOgrgPXZDkQkctdOxRG1gS8CWkBXcvqL7TuVMwE1oUWZewSrO0ehsFw"
    "9WgRtyXRUxCtZVS3b3nVLJueW5c1eVwwmNzhx+tERVbov5dlxrQsHrmqPT2u8K6mFA0Ar+"
    "mYOXXaSAicLhwtkRLw9dHLPq/tgDcsO6YSS4OynhvXdIiUqmlZldHymUIdGZ270A07sI/V"
    "lBzN4cB/cqKzxHdBRsL8a2t4psb4hrr4izJiPxQYHNOaKjZPMumum6/4+MoEBQhZnZVA8s"
    "T3dERTT2XBFsQkJ7VsX8Ws5nKIxOaHLS+zotD82NO4HorFnH2to50oMJeXqS85xxNipOc5"
    "7SzLJus6xLCMFPiXpemYeeVd6bMtBz4zbGEvw0o4wgsiYQAWBTh5v4mKE5dkTJxjeiCeTU"
    "f+76J0yE+XJ7XzrTT9gL9D1ZyAS8KaWOhUTwJvIIvuc3C+AGS98R6UXlGIQ9PndzOzN4fq"
    "mPmYkEMJEAByBiFVzXYpmXuFlvyMbjj9KG7RsqOMoGaQ8uWUFuaIDS+LRHdhGZcJb+o4NU"
    "Ea4ckc4LuKt0OG+DkfNR9fLhvISSRzGIik0EskQmUL5YNVrVFDOIirHBrCYb7O+u+L1l80"
    "tcsBotr0k8pFWvouUC2tpB/DUne4GuojoZJ0x8IcKw3bloRCReXdRqED0y+aYvWVN93HBz"
    "iHfRasq0ETLGkjGWDkAWKhwuqjrRIahDA8wSMSH7mdElACmeQwImJARnZRhQD8rzgAiLCk"
    "ap60/nrfSn8wb96VwjD6FuK/xxXISwNqD5kuCdws4o0mm9Q8QRydBY1DpwAySzu8XysRCF"
    "g1GUFnGI7eGgWwDO6bBpLtLeQl839Bb6urQ7Znh4flG1M3wc1MRopzTF0LN4t+gxKX1I/u"
    "so/jdRgDkzr2/fX338uToM57oiXvj657ubq1KyrhSnihnQBTJj2RnfubH09mvpeXT11mUh"
    "relZm71uNdt9fORolhnawumGQzTjtyTQKS2k4N1y+Sxj3+ajPZdbc+O1+P9SlkyEApdIjO"
    "cyo8qZtvX9FBN847u3TvHNMmkUUws29pCH26T+tW0VGcnR7WzJI9H5jKG5x7OusJVaQyV5"
    "MsNWAw4fq8qQm1a13Gusf+K1Nh5sXzE8wD/e8ID+E9VDek9Uav0k448JsOov3w6zisyXem"
    "ZGww0vK3jJRWRVV8d6zSMhMKhFoTTIMrSpmtcgQ2LEaAsxypk1J1Xp4fWphhmSo2DxvlMN"
    "Q6rCbTnaMLoDox2oVz5S9G5liDROfoPeDBTKEIdRgWIk9BsILISzGc2gUDGR1dyDtoUo9g"
    "aI6ARZ3sbQWR1meZvB1jaBllkcrl3USrD0obgLRkAvQvCpH7d4qQ5L2UixTWnBtLSWvOGo"
    "JRCZgCdpT50aHLJQcjCPf/Fbwf+yI7Hag2PaPuBPE09j4mm0V47jBd9WM47HH4UqsWu12F"
    "/Ox6TCiKtVG1ICnW3iuOJxXE9MHCGysWkIBwtDsmDL/o3mo60CuZitmWtjL6oAyRkPIaLp"
    "Mfn4az096RVkc47IyOaKonfLCsOjuerdssrq0Go1d5TPp8NW8VkN4VnFNev6buhiRZwtR2"
    "SwtmJF0oAoa2g5op1ytIfIgMTDK088qODIhP3UQ6E1dUar+i+KZDqrGY8GvUdMenCZUj3G"
    "IpnhbQVvk2K0ZcbW19vNER1Czd0+pO5O6uj65HO1dK43SVIKs6Ara4ziqiafDTW4Ewq9S3"
    "BDHAE0qIPSogtCF9zsmOEHgiD/ZEeFuDFfulXFWhuYmZLozU1si2LIEdQuGZm8ev+chC53"
    "I0V3fI7G7PWqanyym6BSOb4Mic48lZEt2eWpVMq2by3hWJtwDaaiQDPk+CGC7Rm3SLDP9U"
    "X3sRAzbssE3VI68pQmPlPr+EyRUdClSF6GzpTI022GdfKAfwqpXV0iL71qbfZ9s2TgRsf3"
    "W7pCdAKdG6AKnTMl0qHtBHglqtaFmJ9oVqTBuqHovexT6EcvLwnUBlJuyh7yfm+9udJd7F"
    "WLY3fhkdtVvjO5N3DN5N7oI1GNU1oTp7TJJ9gdc4Xgbm+1xMO1NlkWHrZJ7OuP3/gxkgsU"
    "UzWw8XHkuamTungHOFOdtngXgVCblMUYrGqZ2u3GvZX5WmZ0TsbUWddkbdcOrdTlCkmfUR"
    "RPUX+rj1jEDKoqE7GxUhd+y6BJYMIoewcTu2hiFzWXZiZFW2O2HmnU4uN5CE2OaY/cNObL"
    "Ds2XY6yW3pG5PddHN7GcOe7+pQV3/1LL3b8UuZtVf9uqAVkaE8ZZyOfFvuOCX0etu3yeTO"
    "uAjD4YCowrRV4ItEThtE/Gm9O+4rRfEXc6UwnCTAkMP6sSZEQtug6O4ByhcfZr5wrOZawv"
    "SYcZTqmMo1/r2aV+p+lNycz8aj+/amWLMyRGkzXFf/YMGjjEI1NR3Vlx1RbozNItGLWTUA"
    "mGTcYbzVdHh6dAdWs9njHmu9HlmQxsVRhG+u5lnFqm+jRy2SWaQsUXfskXEWz0gUDefnW1"
    "mG632cJXamLdTKyb7hLKODE1ZqtxYhq328Fo0DJzXAU0Tgg0ri74aGt1McNMabEmBEe4Wv"
    "v2Y7p+lXtjQ6pYTGSAY62hJ9WKF6bURaOvxUBPOw+3/7wgcTmCtiH3GRKzbKsKzweB+6DE"
    "0gyF4WiVPkJ8B55X4mhDKEWG5ujjKCorWLghmauIznj8EcrNs4sWcvOsqDikchMuFbW4Km"
    "vumlKPYL9Oh6s06Mac5gAZ3ISMffjwLqewXd8Wq8T/+MP1zcdnp4LhfBBfetUbH+DjUVWh"
    "/vplnCE5wpXcvwYQ1Vcps7i+F0KG5ChYvEGy5tZy14YIOnlS/h2Veqnzpfw7LQWzyZuSqR"
    "qz2Z9yJQsdYwaODqgCsFiO+WE8I84l8kXrTnvGH0QcJDxx8GuZhcailXuA/msvAwBt/lv2"
    "sPR5Y4VaA8bzoqINGs/LQUg8U2VAj3P5SP0vg1MLDS10hn5dDl8OLyA9GNzf8dLYv20ZCX"
    "9FZT5DpbU+P/DJKok2YEiUHOMM5+fkJcIQbcBCwf+kk027SdiP9v8kmxGwlttg1309A3c6"
    "rZI/9czPkGjNfa4cLzEnkvyGXl3M5qri0mtblyNfVL8NtnBajy2clrAFrrDCk0qcbwC7Uh"
    "KtsS6R7shgvcsXlsUypVDqofp7JQzG3000HKgqhllv4uaptF7OSQMZbvfEJa/1sHnz4Q+h"
    "YvhDqD3AMFjN1iWLs4sMOX/Zpuk1H1UrRcS1Amgev1GHXIcirXE7a+12TqdLLYC8SGcCyD"
    "UC6mgwf+f6NTWe4otWM0THh428eFwLfA7GovEarWauPUPYX0PZJv6JopkE1yau5zEwFfid"
    "uV1RBcV1ukc16gah2iNONSuBbEVIjt9KjjEFmkyBpsMWQKXKN3IHlHh67fo4qOuQkaMrIh"
    "TrqL6AHiwdfHp79Xx4fnGZ6Z/MzWHiTaCIXEg9bqJF0W/bARNRh5fkQOfK0/Xt+6uPP1fr"
    "tdcVHWGuf767uSqioCB7FDTbeLzOmq02KOj++xjsqXF43O2TL/GF6/vE4Sv9UtyIn4ueBz"
    "0OYDtEOCNgdI8Dj4r/FVZ3PP4IV/ewlZU2bLDShmUr7VG7fu51rTOh+PGF7vrRQp/jewKK"
    "IGDUAELLfh6RObm3Sj1UoONVgFs9PJQj0nmpix5mb7j2LWeAESixD5FI4P9eo0ny67QDjG"
    "DrseV47kaVW9ufABWUGp8EjxZU2Y25fTBWOzHfe7hqMJrRpYrzNkuiM0+z8w+JzPE775/J"
    "5PPC5VK9S0ueHKWp5aIzshmQB24QdoGw85RmlnWeZTsguFsPtTylcVMcxDSrOSnyVNpbO0"
    "/MRfEp0QcGdY6KzBBrs7uC5UdvdFrcgWkTORPAEZsxMgFAwT5bkYDrKgERn6XpfMKk6cPK"
    "Dowe7rc5hPierFu5NKy4iUXhYgoAGKeHcXocgUgzgLoJK97KLo26a2XQ/0fIVz/WeNUkTD"
    "U98VpyeMer+VHRc91ERz/SF8I3FBmaITHqebHnHlPlZobEcLPQXYVUWI4NzVVIlcnYTrTu"
    "yTUWyVTbc4kfWohRFDuGbbqECOn2oQ+FsPRhG2clH1UfmD4sOSuFbRZ27HZfoDVYjdZYTT"
    "pdamhNkc6IML3wmsbc78x1azNSo5r7DYhKZYo2/yabpV0ByihTt8jijqxGk8VtsriftMJv"
    "4BYDtxxMaMVxZ2v3sfNN/vVGNlfhWZqkXR99tirEI1qI/LHEnii+k/w1bzkDJnH10Y5Hk6"
    "aqlaQ/OEzBpKkeH6bwoz/H7P4jF+OEhYMqVCE/wmrEFZZi7CjIDG4XAMLonIg8U04ucmkQ"
    "IwTN5Sf5W+C8h2HxgQ89eVzfW1sI+46MkLf5q8tqLDVxITt5TAVWUQAj/hyk05G3ZmV0CI"
    "S08uUho7Ij8nga8iwdQUEQWaQg3j4DQc+ZLD6IDZt52pKRIHpWpNypPQ/oG55moldM9Mrh"
    "C+PsIZfZMG0ZmiEx7HwyNig3PeWrnrCoDhj8Ziuqm0CXoedCK7iAwNeamKdJ6IRaeao8md"
    "YlqvpY3pVt7SU31PgWiWzdeZb9bf0X8AoIZmpwSEqhswToxQTcBeIBOV0qKYHJeJ0Ra/6W"
    "K+RRfwr+whkVirpowCnyYrlJEtCH1sW7ega1H1yyUmF4Ml57htMJVxbRA/aWRIbMy/D5R2"
    "U0mCQqzVnyRDqz/NG8MmMuce9HUw+zimXc6JkpUGrtnRmEWNSm8SHxlcxJwF/L5nb9yuUv"
    "vQwjIYK9rY/BHl04kRneMYMyT2vQVa3RVYfYrtNpovOUJlX2EGZZDUHPUxn8vNCwLaP9KZ"
    "xdWbJuB9fhcLPHI4mfkK4zWvqh66kKqgKpkVQ6SyridzuNsnRmhvWfYbWTKEtjziF9/LhX"
    "tkg4GVR5cONrVqPvFmdGtQgHX5CAUR+6L/BTFG4mM1/meI2YOxVmVkhFWTjpb5Lp9xIxR/"
    "8Fl8l/o0YCwToagrgx6UDdRDdC1KsCyff23M0h6GSO+UG2VeS5cYkal6iWci13Toh1XmJn"
    "vQsvIdAZvx94dAVZJxjuFCfuyWf6hDHEhQnlPBEDunjvhuevWrjv+Kj6cqNwzZRz3Wc51w"
    "VmbAW+zuqa3fWMLhHqzPEBDqbUH7rOJSLzRQjV/YmPfIriX8EXvY/GBMWouRZzE3BbXtFv"
    "HVNo7X7ty5FY8ryyEIfLCo7Vr+KUQu/ly3WUBwI6oOMyeHanRdp/56+Fh0ORWomdueu78O"
    "iQVmQPNcJS9TfR27sCGris9Rap1UxETPK5EokC2F9HGRtznRws8yULRzLzdBRLP8UJq7uF"
    "3tMFVlEi7sHw4ScB51+w1ml2oFO5AJPg7apKfNd6fSsodXb9DlYBxDbEE8K4LQvRDTBJHm"
    "ahMG2fu49UFynRbaIu3F0yPapvYfBBnfFBWHkjWHkj1+8w5xXkZr51nm9TxvdJTbMp47th"
    "ZlWyBhZOx62TpzRbR+utE0+W2tbJU5mtU0yZ90i3rZOnNLqFzjtn/43gdJODvVerXfnKmW"
    "pZGiOHinJogYNwTpSdhyVCw1mN4iIW7vdkPagMi5CXrOaoiIU7iuqQtomK4EMl2hlHJ1gA"
    "gHIWQ+077KMoyELEnMs0c5FHzpBwVVTFO/Rwx80J6iZmwcQsNMicfdYp7CkkWO4KRZbmqQ"
    "xPTexBneuwlX/7tMG/fVoRexCQiftZhcMpRT883kWB0gGbca0TwvLA684sNOG3l82RA24r"
    "dGF+735bfsZ2aNKepTqMFu1xybzVjOsGKFJrtGzKbmI96nleGethsPtOrDw0GMVg9zsIbz"
    "WdaJ/AzhHeaIhn7OrJztAezEwPQiqAAa59CWhg7vrLsG0xomOafdOH+FhnWReg8SOZ8F8y"
    "u+OLpbo7R26A1Qg6BnLoKEzGboQeP/gEQR8vUPExtNLgW57/Gd0JiTuxy+TSswmeu976K4"
    "j8g1ypKL4MQWYV/+iQB9euSL/a2VOqk63gdtLEMklWBrA8anDNAJb981RKH0WW5ogMRwvt"
    "EFOJXGJpE1SWpzsssCw5hDUFykJh2odUZZHnqbQHBESygk8+h0L5AP1CTIpM2eSrSmgT0F"
    "asfb5aP/vBoG5dGHwQdoWmCNHhHCsHN8sGI3gas1xdjrjey3oY5YgHq9k67q4ZrUcrye52"
    "PVEpV1Qkb3c+5l2uZ8MWLtezYa3LFS7pExP2z4DOKbDt73wKJBPKcE1pkNUI2Szi4aNJZn"
    "wr2AZq0pwwNHGny4AgV2IjCxK41JE4S7D0CCg90CQM2ujEF11OxM0/R1RCrgZrerz35no4"
    "cC8xMtMPQdzNwDcGvjlERVXBEojXfutDJRqv85HSMTjqVZvYqFf1oVGvSpFRpidLr2s1Es"
    "oKqzWl0Hm9DoYvhxfPX55ZSPzx0+kw+utfp9EfL8+en77qogD1H3MmiupXGBrEdufYq0mJ"
    "iWmKJoYkehERH5WB8e3NN7c/XL17dvbSuijUi8jKkkJVD6LaYjii0LpmRx/s7LE4h7qdbM"
    "AuTQ1kXSyzb8CbJWyLskEWX7Ma7TA7M6pF68movIrs2o6m3D72oXUX2EbCYc3PPcLeCPuI"
    "/4ITZuVtqKo2k33ccrOtBcG7W1lV1+60NvWyUm+qyLqMTpF9h5Srplz+ZTg8O/t6+PLs4v"
    "X5q6+/Pn/9Msm9LF9qSsK8vv0OxGBua8Zy0Vhbe9Rgo9D1tuprNFxr3VUWHpbv/CbVt9UV"
    "1VaZKRcNmSkXJXWqRldtEiF1qqpWuduDsE5at2T93uSLLgf0rQNl4rhwCq9EJ7DKk7o0qP"
    "nIdpPhI5yOb3V4T9yAT56kgrLfGM2XIRbgXCg7NQf8tHUgTzZ5KXv9/HuyFqeucO8HnBzb"
    "Kc0cO6Smg/TuH7j54OeUNGhQAnLdnzNeZhjW0Pa5NAkjvgLENEUbd2B1b/xsdA2jaxysrp"
    "HdcO3j8lIaw9CjV946AuW7qZItu/4pFzAv0unM7wHY0gt4EThEocrwAw5ceAduTfNTOSCT"
    "JYNmpRQOURT9tC7q9EWbGv4X9SX8L0oV/FMVJz8z9e2QUwqt5+Qfnz68B5Djv3A4/bcdsz"
    "dkueYgsz5aIx9lvN6nP7xv5adnJ7ZH7fsRvAIL8Xzx7KuTrwys+ehW00duUXI+X/ElEQ4q"
    "c4OyA5qtpUAOBfW8bbOmn2bCmBApgGPqrEW5b/4FuYzLMETfIFg9UdyzC61RFth2w3XZFO"
    "rljm1snSS9wWCdxv7Q5KQzmUGHz1TAQYhvK4XsZGm01sSo77k+vwte4TU0SaGTCXzRRf99"
    "3UL9fV2r/b4uKr+iq4Gq6pUQmcBq3RSs7NzOCChK6pp1lu5gZniQdOUA5cZzJy131zFNOG"
    "bw+ztZUwXSw5l20ShtRYN7EWcvFsEMQ0tcgB166W10EMtAM8MK4t6YnKFa2yoZY7Uyr5zs"
    "8BYWFpaZF0AGqwGPIeQDo4VLbFGRFdaMJaCq1Wx9ifgRvRY9aBF/F9FTucrI6uemm8u/5n"
    "xGOW1c9s2FvwJiQ/8e+TUYZFajP6nIx5GkNx4lY9E9eePDDclckaEZEsPOYiH8REa1teRS"
    "Cp3tuI5epYuzNi6Ls3qXxVnZpZQR/W1XbI7IrNkCS/lPqYqoql+yCYFZsS1WrAlNPxpTox"
    "CKobJn8NHK+P7TkYQ7SRVjnpqeJxpGDR0lP4+1bENHAXDeKnTovCF06LwcOuSQELtemccQ"
    "2VHN45SieHK6doj+D+lVfH2wmlGJ21Eoj4FwaKEVgCwemYSIYHsWdyiHEHArqpqwfbVc4F"
    "/uiC2FshSjVgr7AW5wrVEUeASp3XKjdNAAuYnrViu4zY2HtuixlIO/IJFKmhoQX42R0JMt"
    "8HpF4dYAzzIxekbn4hsxRJQNs2eUEb+q69JOnrEDIG6xDPhCIW3ROAEj0IWsZ1eJw6Gf3t"
    "58vEEsxOGSodv36NnJCrtAfGKhEzqZkIA48CdEsD+Qk68GQoTUvXZitgTYvxcPguy8BPhv"
    "jyOKN4/epOXL/w9KXr35JRM9RuVdZpE8bMvF7qzL1BBTmmb5wPbMit+w5Wux0LXvZWO0jD"
    "dH5Q3TOzS/IIxCf/0bOtnwalV7ROV9+oWoTdkaU7ZGe7Xa4FA7xaGOFZoeLGZr5trYQ0KT"
    "S1pOJgL08VlvQOv+g+YiZVNhOWdItF7PwgwExV3oghC8vArcMIQaw/RSVGcArRmBmgCLHW"
    "xFPZb5PWeEyoTE47WeDXjJNL4But/GgeN6MJ3//rCiO11tREIyXutk+JjHMivZ5fsB37cu"
    "F9pzc3Nplags7JRC66UdWaQWiqwt2c35gd/XEVImQFOqRahubLAXnGhN5clikq2rk+1rMq"
    "AdFhOayyJwKRf46zfiEGD8NT3CQpnuvzX+F5cwG75SKGGWB0pUXJl5ysNxaQ5gIvj5i0Tm"
    "AkOTgM4RJBVJlFYEtklczRUntLt9V4aD84CK399lUeQID2hNiOB/JMJu41nnW5T/nxiiT2"
    "sBGD9tz37apxfE/iRDRzRq4bGnVAV+hrqelJzYl+omN6N8NOZGrm2TRdhDq5yDWwbxL++y"
    "3fOkB7MQnuZ2h+yHTrqzY2b4IGZ4RhcqEEw8XGsEZkZXXFCHUteNMn8gc9cBXGDuMkacLv"
    "pv3+BMCCXuyry/CgJc1/8vpiiwX8P4IM5an4YIMxEhNMU9WJmgdv7yWwnhip3f7RGumEJr"
    "hOueRAhi0rQvF0yD5niNphSNO2G5OyqZdZyxhWlLKDdkFl/SsVgReatRVmGXWeinHVSuwi"
    "wJ4mzLlgI9Q6GzTFfN9ttKSGsWH/gvcUQ1BAj+Kz7DWkQIJuddy2zcKEwPBWROoLYvqy1N"
    "xKW+wBbtGaWMMOFvqqr/2t9tN1c+kr/WFD0yKbKHJsdMXNIBxCXZy4DRiiKU9cs1pdAeQR"
    "Zq/Aw7KKnuHi6D7bV4tbbQTmWEQH0mRYbkIFIp4IAj7nQWQukTzl6uX47XKClKqEe+RHZO"
    "PH4YexVT0mC1piR6m63yPVOjC7Q4j05BIcFj+tCDl+zmP3fCgNVMwfw0cyeNBTXlgHYKJk"
    "vGtimo6ae1L8GqhS4+TBRcE3khLBQZIXxHgNYX6YyVZTS73mebXJJ8bUDCn9A2TF7waBTR"
    "Cy5WB8o3RemrP09Q1D/MROWbqHxdFLe+kodNyc/+2w4cY6Ssswz5SeER/ECS86Ibstpz+O"
    "BxGnCiYZQoswbBmjIgSVRlu0RkvgijY9rzukxA/1bemExdv0LlbXaBplSHEyb2JD2gsVqk"
    "6N82U6v/1Po0VBKe8XidZWdH8GsnlS7ibh7jCgdsAwaWo9IeB9uDfqULHnAnzInvyXpQBQ"
    "akV61GJCAySqKGU21KUUiKE4bAOkL30OWP+HawhjgxtHLDGTQIxCwkAVyUrqKZO52RtOVk"
    "NB78s56X1B9xiPi2qjTFXp652UMlb7Wdi8oY48YY11Ku5c5iudBL/Kx1rqYEOgcmDE4tNL"
    "TQr8vhy+GFkBtxf1KxGi7RAgeiaTk4sdfIdhdcDoTks1pr3N5izqREA9lcubjrVaMSoc46"
    "0mA1c+0Z+nTzzUc+4Pubn9EqgFreDrc1u9iU/dcJjN6nPAPXro+DGkdKhqjA/fE6lCmmmv"
    "Dfp5BuBBXVr24+PR+eXzz/7psfMos/OiyTs3dr18p15L5KrBLO++vb91cff67uc3dd4e66"
    "/vnu5uopdLozhqKnUfOFTx6+DkQlhCqlO73arHQzD4/G6cA29d8COncZkf5OCGeEeN17sg"
    "jfIBbSAKKl+SbOJI2OiU3nhMV7V/RIrCz61tuN+670tsFdlvLQtFkwMWRGcY+OQNELVY2j"
    "WZr9Wp/as3NBPddWSlhIKXTWubUJypsT/nxbybZJKAyDn3A1Nm0YbGqu9S51Ha5GqttwKZ"
    "Wx37Sz34qOvi5GepbOTLF2U6yRif4NaLSDGgtdXrQ2Guh2Mm6jff7BJ0jqJWAWQ5iMVAMt"
    "FCx9n0+6iJGB76XgLxvine6w2WGVaqOp2pQ7ewK69MuN5ns31KWJYWpN63DOGnt8j6qMMS"
    "CNAXnYDD5WA9KU89ZiGvYsj6W+U2JnLeCfjNc7rEFoh+COEcVbL9E0oCsmuzuBNQRR2yzE"
    "gag12rq6yy7qGytFeCYEWsuRSEG30AIvGRQ3ZiEV4Qt8Sh6o20mW9JyYwKUc8R1cEdBTz/"
    "wsjc781+ag5PuL22GjivD0Jo9ilkprGQOZmmCHMn6+QH5mXDAdShtB0XQlmbIXx2NO8gTd"
    "MKc8pUGdtEOd8tMsBG+nac5SmiKIOs+yBt4BM7s7m12uTamo50vti6ENpC4eVXNnQh8PuB"
    "4eEH6Uhgj7ZHWJPP6agO7K70PqOVD/oHX86xGVUfvk4Vvo5fCAvUENgJ9ctzZi+G52aJsw"
    "O1DhAQrADRFzVWM2B7+ZGDQTg3bAyuCBxqCVGXp4QWgmpf2oNZ5HTmk3uuxRRkFckcCtyV"
    "KILjVrTzgdtElvqp/bnrWip6ISbYm41ys7tRWn62Hg+pLTx4ACD8/PW8DAfFR9aXW4Vqhk"
    "xXeVAoej4UfI3dNWZSxOG8pYnFaUsaDcpvMr8J+GOqMpySHUGe3jrOytnOijnmdf/j9FRp"
    "98"
)

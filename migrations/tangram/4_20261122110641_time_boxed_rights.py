from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "tangram"."export" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "format" VARCHAR(8) NOT NULL,
    "fields" TEXT[] NOT NULL,
    "query" JSONB NOT NULL,
    "state" VARCHAR(8) NOT NULL,
    "row_count" INT NOT NULL,
    "row_limit" INT NOT NULL,
    "truncated" BOOL NOT NULL,
    "reason" VARCHAR(64) NOT NULL,
    "message" TEXT NOT NULL,
    "watermark" VARCHAR(20) NOT NULL,
    "file_name" VARCHAR(200) NOT NULL,
    "size_bytes" BIGINT,
    "fetches" INT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "expires_at" TIMESTAMPTZ
);
CREATE INDEX IF NOT EXISTS "export_listed" ON "tangram"."export" ("tenant_id", "id");
CREATE INDEX IF NOT EXISTS "export_expiring" ON "tangram"."export" ("expires_at");
COMMENT ON COLUMN "tangram"."export"."object" IS 'the object''s table name, which outlives renames';
COMMENT ON COLUMN "tangram"."export"."format" IS 'csv or xlsx';
COMMENT ON COLUMN "tangram"."export"."fields" IS 'GraphQL paths, as asked';
COMMENT ON COLUMN "tangram"."export"."query" IS 'variables of the read: filter, orderBy, search';
COMMENT ON COLUMN "tangram"."export"."state" IS 'waiting, running, done, failed, gone';
COMMENT ON COLUMN "tangram"."export"."row_count" IS 'written so far';
COMMENT ON COLUMN "tangram"."export"."truncated" IS 'there were more rows than the limit';
COMMENT ON COLUMN "tangram"."export"."reason" IS 'why it failed';
COMMENT ON TABLE "tangram"."export" IS 'Records asked for as a file, and how far it is.';
        CREATE TABLE IF NOT EXISTS "tangram"."watermark" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "code" VARCHAR(20) NOT NULL,
    "kind" VARCHAR(8) NOT NULL,
    "user_id" UUID NOT NULL,
    "user_name" VARCHAR(254) NOT NULL,
    "export_id" UUID,
    "at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_watermark_tenant__a3825a" UNIQUE ("tenant_id", "code")
);
COMMENT ON COLUMN "tangram"."watermark"."kind" IS 'viewer or export';
COMMENT ON TABLE "tangram"."watermark" IS 'Whose eyes a code was made for: a sign-in''s, or an export''s. Kept for good, since leaks are found late.';
        CREATE TABLE IF NOT EXISTS "tangram"."unmask_request" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "record_ids" UUID[] NOT NULL,
    "fields" TEXT[] NOT NULL,
    "reason" TEXT NOT NULL,
    "hours" INT NOT NULL,
    "views" INT NOT NULL,
    "views_used" INT NOT NULL,
    "break_glass" BOOL NOT NULL,
    "requested_at" TIMESTAMPTZ NOT NULL,
    "decided_at" TIMESTAMPTZ,
    "decided_by" UUID,
    "approved" BOOL,
    "valid_until" TIMESTAMPTZ,
    "ended_at" TIMESTAMPTZ,
    "ended_by" UUID
);
CREATE INDEX IF NOT EXISTS "unmask_request_listed" ON "tangram"."unmask_request" ("tenant_id", "id");
CREATE INDEX IF NOT EXISTS "unmask_request_user" ON "tangram"."unmask_request" ("user_id", "object");
COMMENT ON COLUMN "tangram"."unmask_request"."object" IS 'the object''s table name, which outlives renames';
COMMENT ON COLUMN "tangram"."unmask_request"."fields" IS 'columns';
COMMENT ON COLUMN "tangram"."unmask_request"."hours" IS 'how long it holds once it is approved';
COMMENT ON COLUMN "tangram"."unmask_request"."views" IS 'how often values are answered';
COMMENT ON COLUMN "tangram"."unmask_request"."break_glass" IS 'taken in an emergency, without approval';
COMMENT ON TABLE "tangram"."unmask_request" IS 'That somebody asked to see masked fields of some records plainly, and what came of it.';
        CREATE TABLE IF NOT EXISTS "tangram"."promotion_finding" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "rule" VARCHAR(40) NOT NULL,
    "user_id" UUID NOT NULL,
    "period" VARCHAR(16) NOT NULL,
    "value" DECIMAL(30,6),
    "met" BOOL NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_promotion_f_tenant__7fa480" UNIQUE ("tenant_id", "rule", "user_id", "period")
);
COMMENT ON COLUMN "tangram"."promotion_finding"."period" IS '2026-03, 2026-W12, 2026-Q1, 2026-03-14';
COMMENT ON TABLE "tangram"."promotion_finding" IS 'One user''s figure in one period of a rule; a finished period is found once.';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "tangram"."unmask_request";
        DROP TABLE IF EXISTS "tangram"."promotion_finding";
        DROP TABLE IF EXISTS "tangram"."export";
        DROP TABLE IF EXISTS "tangram"."watermark";"""


MODELS_STATE = (
    "eJztPWlz2ziyfwWlL85UMan4TF68b6ucxDvxTo5Zx9ns7GRKS5GQxDFFKgBpRS+b//7QAO"
    "9LBEXJkIwviSWiSaob6Pv4PghMb0LM2ZMrjwam62L7Bs/mrhngwQv0feCZM/ijYZWBBuZ8"
    "nlkD3wTmyOVwTrx+GGQBRjQgphWwFWPTpZh9ZWNqEWceOL4HcBcoXo+CqRkgk332TC9AU5"
    "Oi5KZP4Ga2b7G7Od5EEi70nK8hHgb+BAdTTBj0778PxOqhY8MK/uP/+MOAn2Hjb5jCGvg4"
    "vx2OHezaORQJGP79MFjO+XefPl29/htfCS86Glq+G868dPV8GUx9L1keho79BGDg2gR7mL"
    "AfYmew5IWuG6E2/kr8DPZFQEKcvKqdfmHjsRm6gOvBX8ahZwGKEX8S/HPy1+jVMsuGw/cf"
    "boYfL2+Gw0GJNPAKBaxHX1m+B2R1vAAQ9f2HuG+KEP7tAB7w6s3F9aPjs584CnwaTAi/yN"
    "E1+MEBzcAUoBzpmY2YJVBbZOeA+sR5/EWK9HQ/x+iMEaYYilOU8v9L2Hw1NUk1NuP1BUSy"
    "F9tBFA5m5rehi71JMGUfnz9tQOk/L645Vp8/5Vj1GQcTTO59dOWIX8oj9w4TCq8kgd8MyB"
    "6i+KQNik/qUXxSQrHP34iWUfz3jx/eV6M4A1JAse1YAfovch0a7CCqG1ALyIA7zyj96mZR"
    "+ujdxb+K2H719sPLIueAG7wsoD4V72ZQxv9rhrjAmeEaCViALRIiAn4S/7Ff5Li5enf58e"
    "bi3a85mry+uLmEK0f822Xh20dnBTolN0Gfr27eIPiI/v3h/WWRdMm6m38P4J3MMPCHnr8Y"
    "mnYWJ/HX8Vc/QNcZ32bkMHwxMq3bhUnsYemKf+TXrS1fmh3Nit+YnjnhRAJs/jBSrfMdDk"
    "zQCK6YclepluYWNGuks2jp0InXrlRGP3gY2dhyTYJtplYyir9Apof80Z/YCgymY/LfAX+I"
    "jYfSbQBf3jl4YTA4jCgOAgZNy3rrZh5RoeIWtNnvg5QGgzl7eqIm3bJVqRLM/sDf5mw7Uc"
    "43oxvFZMjhdBjrB/FJHnBg9rLwAX1+c3l9iQie+Xf86KOrj+j9p7dvB5yxZN4mVdqkni7A"
    "ap8/+PHQFXimRZhLKjYL++WI0YEwegAWaHFfas1ePckhodnHZ7it5hmv12pnC7Uzxy3b7t"
    "cckPr7dQAsFTkBGmHXZ1IFBf455xzi3B1Q5Nho7BP2nU8ZKxlnLjIwit3x5lmKtmS3Ysky"
    "3DtBpSn70plceUHNhs9AFdDseAqZWAwJNpOD5oxtc76JYedT2NE+U83EsWUamY1iHtmCIB"
    "N43cf/c3R0fPzs6Onx2fPTk2fPTp8/fc7W8t9WvvSsgWovr36+en+TJxh8kSfTyLeXMqZw"
    "vH4X7OCBGTCUj8IAU8T9uUz1ZXQIZxjU4IXDfkEYIMAEJ5U1dVybEW5tFrQR23k+XVLHMl"
    "0ZhpWFUZlpCXPLQOLNERMQ/P7niBn8vgWvx46VxRbc4nnQQQPN87qz4xa87uy4ltfBpYJL"
    "iTgTR8ppl0KoTZc4OsJkugXnZEz8mQEEYheCZRfs9y9pBC6HspysALYWQ4tMr02TA94VOJ"
    "nQmiLS0Kkzn7MT4gRqMi6LYEDcsNa1XasMVECqrBO0V72EpD86PHl28vz47CQR8Mk3TXK9"
    "LMNT74isUzUP2YNLdUsHYerYNvYQdZhUOEfzkEzYATDHARMMx0+RbS7Xd03shMe1ahfIn7"
    "MKyE7nbDvEv/djNqoQM/UmfB5qDRteMex2N8FVCxP8M9r2TZGCf6ZHo02wIHOS2sUL2E1d"
    "B4MNwm6LX6DF1GcWyhR78K8ZIPyN3cJdGoj6UaaKt0TYJAyIIBqAHmCZHhqBp382ZxZPRb"
    "LLBp+zOjkmxojOj9H5MarqZf14FeXl747otwMwO6J35SaIYCJoZtpYysXVm0Rm+tDUJ5K7"
    "Nwek5XElRmU94wUwlX0aHR3kR6cnLfwWbFWt44JfK2Bb2mDTuS87YInNMKVM5yzT9gZ/qx"
    "EBGZC9ODxN5Lz8102zkymh5tsP73+Olxc9TwUnExdFUkl9GZCdCGbA60CA6bs/N5BjGzy0"
    "ZESxJoOHMQymmI99wv7nvhADfQmPnh6d/VDTMTh3zQotqZ5g8fqdoBYNZzOTLF8IowkiTp"
    "SZWCbxINvKQKCQI2ZeEYfeqkMdVSzzX7FnM1x89sntoMoqz143Gi3yuVg5XMRLW5SS0ADP"
    "kQ/BwpEzQfxWcXXIn/4I2T6EE7mvMVWC03Di1HfhiSicI4KZZkwoDy4uiMMgKlL5tvA8Xb"
    "qiTXNtmr/YzwQ3cTsIyd6ZrmNHJXOy5s3hWQvr5rCoVKfGDVza/+SqFNcpMiGtJJfiRq0p"
    "npldiNB/YgKIFhkVK16/EyoWT0nmyEbxe6uhRlVFv+VN/TykNvmVNvnNAPIxggoDtNbrmw"
    "VR2e17b/FW16TBEBPiExlPSh5KaWnCc6h49A3yq6Dk3PMDdmvHxS1zRrfhZlHFKLwRlTpV"
    "9uBNUsTTYAqmlT7tQrJWSAN/xqyuKE0dsq3GPpkJ04sZZ5HsYZedgCJ/4VWHXDveZ3Uxlr"
    "bP7tU+o244kVFw4/X9sKTVOO7AkHgqNNNnP12/FV6EwL/FHj3nzsWoBqyzdtt/Sc0+mhhd"
    "w1NP22CXraoPTz0t4Rdcl2GFStOwxxMIlXE8YLzfucNgx9GQgouwrbzdtNEcl+NK2WwZmJ"
    "2w2yx/voyFIc9ojv7mxWPsb/C6JIXJBq8X+xo61i33bwJ11mX6GzH0sg2L2h6XLIzSByZb"
    "B7BgeurYITTgiR9KVgTsbwpOpCTGiYbnaEL8BUWjJa874wolZr9lWUj0a0mWng04PPetaZ"
    "kITfV/CYjSVBBIz2A7yoRi1IkpAyeCOJNp0LZE6V6q/7R3qov82AnvlCpm+4VlYUp/JnW2"
    "e/a60WjAm3zlcEJam/HX/ABCbBW4I8GWT2wuq6IERvENFdHWGcYQcmXbwOYlyAaaMCWRLf"
    "Q5dEiZCQ+6iIn41i7Z+pt82Bfvi3eB+C/nAV/GfKaOy8WxQ4HXE6gxMLj/iOA7ZrXZwr3g"
    "eFxewE0MEReGpzMwpvRGHMwRbifL9Sm2ecmlUMjM4IvHrkGeN28zE8U5knyGKEZNb+kTdB"
    "FzQH5b/mv9BTMb4bewe0Q1EF2azAAmonCm6G4DfwlUtuj1kt0yQ7gV31DVjV5q+8kY3Eci"
    "8yRQuIVJ0e5ZIzOwprI/hwM1PEO7h3T4fgeEqUT4PjkmEhjNwqiPUB7TtIAFc+Y6Me+Ax0"
    "eeYh/45RZ6LqUIzzDftvjOgKiP7i3v31SAtXUQpBBquwfYrhWvekCjBDaRjsq0FItt3DBw"
    "mXZD1WrakCoREts7B6R88Qh/otAj2f9lBZRzm1gF3SZjyT20bWQ3B9TpPOxOyc5GkuRNq6"
    "bz7QUh5rImSyGFKaBcLa9yX0j//Y/SVgVUyCEt0gdVx1n82wp8urfujpX4pFNzLuUkTwCU"
    "FoG2M8GiPiPR3pjhi7+GpguWMzfZkv5gJHQ7ZWketapBayhBK1Wg8ZzRIfjwZR2AeUjtAF"
    "TOAVgmc+gFTkX/sDZ0TkB3pkfMg6QzJ9NQuPLKhK6PIRfhdqEZ1ve423Xsak30wx8vIvcm"
    "ZNYFU8aHHR4yW1ugbSRwTLBJ5RThFEJlkaisGkyYVMbgoJXu5JOHU97827J7I8VPl0ZkeV"
    "itTygtZ+KIk+QJKoApf4CE/yQbavM9Fzow3mLex3qbLpMEdx2aRuRBtQqn8tGKwredeGgW"
    "UlN5F6gsq4FkoZRnn1vWP3gebyVG651LWRiFXcqDJKmD4HFI4Q9hrBnsBUyPjnFLWbSJBG"
    "ZVMo2ufRdfUOpMPEhPGVQlGxWWGI35RoQtHpr51S3aRwAYmrJXziTwQGMW6ti8hiIz+cK0"
    "LD9MRl9IpdEUekhs56GSuTvRk1okthRQPYwgOTnks3XgbrJP5DD1j9PJNDqZZr+kZeZwSu"
    "A0D6WRWnSBRFykrfoRr98LP96my/0UilVtq809T/WF9wa5DInF5yhN6Qj4UJS1fRA7Zzs9"
    "wGBWtBP4i/OtYEDJD+hqIDJHJsUHFCwCa/1mcju3HagfEksuoyCBUJnvDkx75jBCQ7IAlB"
    "EA3u7PyNMRq/vsbqrLtB4CJ4uJJecUzENpp2CRV2l3+v6fHO1O7+fkqOLKvQhtJ3g1xdbt"
    "3HfqCkcLa4zm4lFYPbTyy1d6c2+m4FU1bZ7XCX5SmCEaJP5V8B5iO+7jdIuXIvEzq5eL9r"
    "1QYAkqfNl1u5EnSPppc44yir+uLEMs4HIIMEY/vtOm5gCVTqeKzgDRcVzPbbpJR8kWa/21"
    "T3WLykZ0Dtrv6AhA5WYXSu7qFOVTk1a2GPFMUlOcEUMUkD5aBqLkYcfQ3oTBKAM10eCYKf"
    "ry6v3F9W/VxujLiozVl7/dXF7osTUPQ4mudus0hC92wq3DuKzpitwJJr54INQnoEt1KkTt"
    "353G3qRSCjf0pU8glMa7qCq7uXj/8/XFO7bq1TVb+Mvlb5FWqwb24V3MICQVHuQmKZIDU1"
    "uUDN68u3j1+OObi8dHp2drxwf6FCpKmZuXXkCWg1pLU1w2WhiZOFm50r786M8wNOmZCLMO"
    "WuvZvgd2H8acS0XpXk/QxVz0qTSQBy3Hopwd+5y395m7poXjBj3ChoS2QB7ib/7W8W7Lhu"
    "d2H72ORdqiL06K92Ha5rlD5hAjVjIaUu6xHLLjU9MuD3LPTOG05a2ejaIt73VFjUw20z6Y"
    "JB+/uq/Fp0cHPJg/hFeggTmbP/rp4Cdtpgh1eR+HODGhywQvYeL1CefwT4DDO5gK3eOX6C"
    "dIN81p0y/grL5fwFl5Ym1GQLbPGQz0vOU6vsVxI7ul81D3vLHXEccbtu0EnqSHWeeg9gW7"
    "GxlgvcMdzSqYsOhcFpVJxN0FeDlFPLPlgKJ4X0jv7lYTGg4bJjQclic0RC29ygRoaE6Ugb"
    "nv7kQZhefL4OD7j4MXLwJmvvz+x5dBhbbDrBDeQSduYQt25sgP12/rUNmnSCxMGiG1Rm+k"
    "8O8cdvtKfishkql2YMxKceAURD0u4eEApgmj6CVjfgFdO7tV4W1AS5tE9WqtER4DqIfuT0"
    "wtfnwB77c+pjcyJSdqXSHpws9DKYf2jkpG/1vZxoFZledf38sohVBkGk4FH/6T+t6oWsjN"
    "fIJ5dj+o91CGyexCi+C2cyQa8L93Y+ITF/Og1mvPrxotnPZuvLBVTpjwekPKloe4LxbFjf"
    "bjKcDcFV6d7iUDvHp0O8/XKvjSa/2+wm8s6/3NQvWTqqKdwNoJrNOvWnkGDw10ZKAv4dHT"
    "o7N4pEc6b1y0hmdGEJqYc6VHDc0JvnP8qnGCTWH2LJTiUXbIK4tVVJAmaITHPlm/PnNTWV"
    "z7mjk3iDIdYlpw6WVwAeuFsxEmYrIp5F0DxRSkklL61SdPpE/V61jJijZ6VphdvFLXuhRR"
    "kGjUEME8zV0wQIcU9CW0xEFZ4ep0h3WyFRJlqVUgP0bH0Cd243QirdKpItK0SrdhlU4V9n"
    "d5V9dGSlxpZnf4rnXPKJgSD6O95gGU+hAnYGtiLQ+6e4kZDNHcDpi56gQvEOcfcN1xuUBj"
    "OuDI/xZ3hageRb+Jh6zDK6smuhltsqA4codThwa+SLXTCVCaUT44RqkToHQC1L4kQIkuBi"
    "icw8ZDNnZxAINogMHDR/ay/hLNMJngyBfSJf5zfNQiPHF8VBuegEt7kwChR7r1O9JtT+WK"
    "TvjTCX8b0UR17t99IHojaYCiIqjCtV8fpc+A7GSY/rv4KcysEQ5kA5njAJM/fpyD35lrM2"
    "C4omQdv/xjbT/zRkYQWWZIK45JQ5ZbAqFgktvImTBE1iURctdB5A92sY2muA/vPzeDS6lv"
    "e5kaFL8fZMb+6Y8M3ozU9SfddMDeE4buMKGVg2VrfTsZiPuNBD8t4zp6tziWlcQrZj4zkV"
    "oiXLh8jg5Pnp08Pz47STw9yTdNDh7hzFHKJfuPEHM01/hlxWVjtXN2+DVZuToQleEavEU+"
    "ds0lBBBF4yXTs4GXLHFwzn2rjE6iZxMPQAKsETfST78XhgdU4DLqQniSnSZaEcHa2qO/eF"
    "+8C5RkwcP3/gJazWLO7tHMJLcAY7Ib2dx9zPe3eApMDUDspeIXWvihGzmaIVnbhDQ2HwKv"
    "4F1aO8jG6dfWT8zpvEaELX5YiaU0RtgyUDrCph3HKhmkqrDzN5xXkHeMr1Ty8+z1ZoYuuA"
    "4ZzuKlrdI48XiMLTGW2YwYF4kGqECrvakJnQ+w/SJhrPUBs1ueY4Bn1Smfm3rQ6vTQ6GHw"
    "J3tS+0xRHSDTfG7n+Vw+3S05CG0NsQzIHnqCNlKQCDxGAsPRcpWxO0j0aGZ2OTYvCIWvgG"
    "9zds5U5yQJN0n6UKIySe2YcDuurkPCdSFhVZS4v/ujSuUNvm9W2v6MVqzU1T5DvSXXf2AE"
    "7wIUJZhOl1Wk4HNk7cIGIXBMfdCJ4KA+Qa/hOhi5PAc0socNZPPOyx5TqdiOWpZ1t20+eG"
    "1drt5c9piZG/WxX20zs5cdEvZ69XlV6POby+tLeHNm2/8vOuCrD5p7XEm/guv7tH4iX/Ur"
    "oIv3r9l37MMMvlzxSu3eI2QIJsOF2RIdV+/RowMK0sJgbxV6HttJjE01voh44/avlK5vfh"
    "+Oh7/8lSEiQgy8IHyG3bcCOZm91u6l4J6tyRW9gLY+tPWhutKsrQ9tfdyj9cGzq7jBAU0n"
    "zlMXfqyDiEYowqGPbYmRgFswQFJB1ZYkKYTSVOEKHbP+QLmL5CyT9fxjZniHA31UmfZwDj"
    "ohns2DpTKUiaMTcr1tclA7F/kv9g06FzThWjxX3ddvsVCTBzA3l65vVojT+vyYDMha+TG7"
    "k0S3kcwWrnHKMaAIQGn+w80daNXMo7vCygAmEyvhsjzmeQsO87yWvzwvO54COFoVzKVWg8"
    "+CqJaFIau+r5VqkW9o4FVx6IZ+Bl4lb753DA64047rLExHCXyuwfCw/DkKsOtSyA8ITBcj"
    "toyaEyZG5yZp60ntGesZV4WM7zQDplRRzQr90g/6KoHfCa9p4Xh1IXQGTE+FVJm+YDHJ2d"
    "wphHppl3PiW9BvkLujmcynTJftIuv7T7l0sUlxt4HsBdCdOU/MmMAeCC3Hhdw3sW+Q5YeQ"
    "qmdSNGGm4MNjqK5JgyEmxK84dPXDwfNQyh28Xlinngoub9XreK+S8d4bcJUMqiK+4orRGP"
    "MNkjUyw5F8pqPy8USpe+0cjR0SOTwN5EJgiW1QiLsyAemJUUWNU4/WuefqWG1cq7cyUGuz"
    "+7SNi3LkDe1wZVyU/wx2W3T1Eb3/9PZtKdYXL2j3RL5a6pkfbqLn6hCfDvGpHpnqJ8S3l2"
    "0ZspGmOA+G99/u5GbUQT/ZoJ9IKYrafkJBjugKTXEQgBCDwpoJdK6DtKKuBuHhaSuqnDZQ"
    "5XSfQn/rMPfNR+5SfUFG40+hlNL2tc+qaELrUOF9hQoTlVjyaGXhdsZ/9SDPlnaYPCjSq+"
    "Iw+YxHU9+/fY2hY1bNiOniGqPRibIQq9k2yCxv1WY0Dq8mmeuePfeduI+8GK1lsXcT9d/V"
    "XUQ73GO9hsri9q2ztovYGcZ3qPVglNwjmfMu+7AItOFZUi6Remu8fzN8tV9k8Jdx6IlyVP"
    "4k+Ofkr4Pty56Vdrl2fWwcxdke5Lkj2hapBTCN1pokTTlH6dqNJxTTQO9nXAlHWQnv9d6L"
    "eL3SfiUaWlOITlshDfwZJk9Eu9VuvryjVl6jowav0VHJuTHy7QpnXn3oOF6vNNbBjwcGZ+"
    "JApc7EwzZvqC4yOGGCClen4I92xNh2sHlPE2nnTAYxNENBJtff0tpMguitM593dXS38nM3"
    "uLn3KqW2X0nQX3ot26JVA6nq82sTAIUF6+DNzc2vSLxqMo/KpAGK9kPL/dwzriGY7lnL4U"
    "wG33kghXF+b1uYKY9z9oQKzlwvNLMwSjPnEZ44UWlDdht7dNF2/O+2paR07psqaW+rkh2Z"
    "4rLgiY7EhwaAQUeusm16uP5EJpISLVekIfFqrRL4Y0oCCm4Ok6mTgveLBCbBPg3EN9qPP9"
    "Ym00ZCLySU6dcarVZZpRlMiL+gwh8KSWNLxDTLjLN2+4JiL2MfOsRVDHFFrKAToYuwOpip"
    "MqUTg7VLNkgBVlNaNUorFru8jCNoDbHLy0yUrUXsMhuUWx27vECfrt+WuqDHDrXAd224KH"
    "r7l6OW0tCr45U6iKeDeGs3N7x/DKcYDUlF8V69ezdarrLZ2jlr86RNOwRY1pC3eVJqipB9"
    "OQlEF8D2EOGnrdJkTxvSZE/LabJjxw2iji5trf8MyE54AH7/zoWqwXPCmYkP4xUcuPjjj7"
    "i1DbwxDywJI1SiPe22XQCOZ7mhjYeikVWZbC9938WmVyNFS8AFAo4YtEKUgz4doqfXlP2q"
    "qHmXwed5+J67jFKo+ISsluGnpnj3hw9vc+R6eVX0nH169/Ly+tEhpx1b5AQ1QXHezQrLUi"
    "cDpTZZTHYbxwV/c+yrQYw+NuWONJ7r1kOHqP6oQbFFcIXtV+9tTiFUFiMDy5kzpTtgP0NN"
    "r/Kc4DvHD+lQngIVoDtCith8Ei+O4ql3cp3t7o1SnZpTlKF3xlEy4K+MeJeKEtV4AgpvU7"
    "HAbsspYrvuUMmnKwItZMVYBkppMdaH3dijlLIdyvEGPcWppOlTBlWaWS6my+iwEaY8oPj1"
    "kRPI8snC2PJWBtJxg4F0XGEgCVVnSJ2oY6xUzVMReHcY49ghYBOxHxAyTsinsqbBbBpa0G"
    "Pp4bFEHR58UGQeVWTZ1vtN81B6onvBcSpyqDscnTykPjpKH50dniusUO6iKnHNy29zn1SH"
    "M6NLRvMA4XTRytjlNXfvgb11y5RBPvUR+t2OHfDdQhHA1F8w2KiVfzl62QF+nXrLFlN1+Y"
    "8fgnO5sdCxUFTJwBx2yxZFldEDOAAgof4ROgyrw7Cq8Mee1AlmPUoiNAOi0VkMWYz+xFaF"
    "ZlbvdUghlHY2gM0qXhVSWfjMdvjNBlpMHWuK/DCAEAZMhuHdpLr4Hc6OW7gdzo7rOwUfl5"
    "wOPplV6cn11EghlKaGRe/AxfPNpd+6YLrn+QtzM5jKTXaJmHsZzYrFvH8m5nz6j7eI/0KD"
    "K0KgFfUSfSiNbWG/hFQYyvUZBAnATuQP3JnEgUcmVWIwVeQFEmkQhhhd9JJPGTGJNV0bxX"
    "q+i4Qn2XQCXpYazXYxeKNag7stoUS1fXvxjfIZwkxo3vNcwirOwahsFw8WxAmYroqoD9ZV"
    "S3T3Xd/HsOU6M0cWwwmMyhi+t6pJZot5Vtz4QCIEmINTOggI6iHBaAH/zCDky+uReBdrHu"
    "yIt4cqUUL54OAOxQSdIGLcnZTw3sd1RP27ysiuT1vJgKiM7V4c05vIQ1lAAtnMJLcyOzwH"
    "tBdoLyZat0qzbkiyrkj6xUP+QQLNOaC9RPMmJrs6/4eH0K2mwsxsak6Vh9ujjg5bbk81xo"
    "E1rUJ+LeYzEFon1AXSfUnLXQvjjh3PodOOjZ5zoDuT8vQg6ZwJNkqSOQ+pqawalVVJIfic"
    "qOeVRdFZ5b2pHDq3bmUuweepTzHCSwwZAJZvMxPfpGhm2rx/4As+kXDiPXa8A8pzTpm9L4"
    "LpB/QJ+gXPRTXYxPdtA/HkTeRi85bdjMANQs/mtS7lHIQtPnf1bC14fmmols4E0JkAO8Bi"
    "JULXfJuXsFlvyMbr99KG7dtVsJfTuu4cvIBCRYLS/LR7DhHpdJb+s4NkPVw5IJU3cFfucN"
    "rGR85W1fOH05KXPMpBlOxonwXSifLFFsayppj2qGgbzGiywf7m8N9bNr/4BaPR8hrHS1oN"
    "zgnnMGMN8q8Z2BN0ETVtOKD8C56G7cz4VBz+6rxxAB/YyA59yZrq44arU7yLVlNmpo02lr"
    "SxtAO8UEK4yOpEu6AODUyasAkxXMsPwZHi2phQziEYKgPiu9ArBlhY1L1IXn86baU/nTbo"
    "T6cKRQhV2+H3EyKEvQGTgDjuJE5GEU7pE8JFJEUjXnjvECSqu/n2MZAPgpH3ubCx5ZqkWw"
    "LO4VETLdJBN88aBt08K52OqXl0elZ1MjyT1ORopzDF1LP4tKhBlD44/8so/zdRgBkyX169"
    "v7j+rToN52VFvvDL324uL0rFuoKdSlZAF8C0Zadj59rS26ql98mbmfT2GjOi0uq63fwKo9"
    "H2C/naIcksXmkF3kBTPurPMAwdi4pxAx9RjNEsKs0Vlpo/5ssig46iuct2g7sUtborJ6xu"
    "7jGbLQrOo1S6ODjj9I0K8OSeB/ANT9MGrzZ4d0Ak6DphXSes64ShuANkGturclWseTClK1"
    "n72N6wjUtFqwIb+1n9m/lt/Vf71pUgNQ3S24USJGWLYqZ+WNWgvdYzmKxX2Sk4gGY8LgzJ"
    "c4Koe7QP6W68Nw9iJgnx71r7oXpOcYf0EBmEJ+uVR7g/hkLdO9MNscgpFEMi7xXRYJJUqG"
    "fN2E6AVEb5vdVojBjHvR1OXJNWBRWaKncLkIrX7pq3bDc7Hs+inWEygSmOaQBIMBFz/cbN"
    "vdbvcjO8kw+wCKu9gMp5AfNzbCzH7jh2LgupKyt2gcpycZI8lA6TFBLgMtqfhOzKgnUTXL"
    "uDzR5FEpOQjt1t8EMBVHMqlTkV9rpJoyycprD6FJaTRFkYLYfUabx8YYnmX1UR3Pia0Ri7"
    "NTOrWsyNnWNCfQ9qYpgUhZuJua8zc8lLFsHMCnyY7RUNhj1Hqccc/QdCJv+JhsOSZbSEN8"
    "qDbkpO5FGvmji7teeurpfEM5MJMl0wqUOiO2gfS+jXYp+X0FkfwksAVPbfD1wfivosE+5E"
    "fcFGxDM9TClizMRnOOELukTvNlI9tY/p2F2r0zbRf2luUrqAWOfUpFMZRJcAVcb4wCQT3z"
    "ty7HieLZ9n5/ko/hVs03tohFHsNVeCNoTZ8pJx6xhC6fBrX4HEUuQVevKGFRhr7uIbVmFM"
    "se3LdJQ7DDpgPAuuyyY9PGuTf1400DLp52cl7uGaATRWZ0bYDJoasUcHPpF0S9XfRO3oCm"
    "jgIu04UqtFKQ2jlZit4i2jftgzlQIss5AGQzESehhzP0mC1d1CbXKBVZSwezB8mCRg+CPr"
    "T5ztkTqivevQDODtAqm2fGVIlUO/gwWB3IaYIDRq5pMOUBRdgFqyuZ7Dw4luE41O7+AUrL"
    "mF9g+q7B+EnTeEnTd0vA40rwDX9FaZ3rrc6EGRWQ8rXUFZPaxUHx1cSWbZKldbH53ao2Nj"
    "F3c7OnlIrVuofHL0mN++rTJ/4UlXqmVhNB8q8qG5SYIZlg4elgA1ZhXKi5g7v+DloDItQl"
    "wymrMi5s7wNlrVIiuCLRXezjg7wQAHKEMxH6nooSjJguecizJzXkdOEQ9VVOU79HDH1QXq"
    "OmdB5yw08JwS0pVkObmUYHEqJFGah9I41bkHdaHDVvHtw4b49mFF7gHBY+ebDIZTiH5wvJ"
    "rbdohs0CnTOiEtD6Lu1EBjdnsq5uIyW6EL8nuP2zIZW5Pw0dQ3LAulduewwcc3F4+PTs/i"
    "gcSLKdMNUKTWKNlPTOd61OO8MtdD++47oXLX3Cjad7+B9FY90uoBnBwejYZ8xq6R7Azszl"
    "B6EPjcMeB4wjUwc7wwaNuMaJ+oT/Cdf9uxij4LuTOUfzBnXBVH4zUes18yvWGbxRtUuRtz"
    "C4xGpyMRS4dBsrbVLAXX8W5BxTehbzk78uzP6E6I34meJ5cejc2Z4y5/gsw/qJWK8ssQVF"
    "axjza+c6yK8quNPaW62ApuJ0wsXWSlHZZ77VzTDsv+cSq4jyRKc0Aao3mMZjhyCaVNrrI8"
    "3G45yxIhrKijLOCmfeDLbPI8lPIOAV6s4OFvAVc+QL/gRBElm2xXcW0CBue2r1fr5zxor1"
    "sXBO+EXaGoh2h3xMrOUVn7CB4GlavbEddHWXejHfFgMV1CN1wQg9F+NJLqbph86ID0vOvW"
    "ifz4qEXI9fioNuQKl9TJCfuV+DMf0PY3RgKBhLK7prTIaHTZzOPlw3FmfbsRmBQTPp5yEh"
    "KMHOEbmWPi+Lbws5DQxaD0jKEceIrt+KLDgJj5Z/NOyDXTMPu79+p+OHAvvjIzD4HfTbtv"
    "tPtmFxVVCUsg3vuthUq0XmWR0jE56qRNbtRJfWrUSSkzSs9k6XWvRkxZYremECrv18HR06"
    "Ozx0+PDcT/+Hx4FP31j8Poj6fHjw9PuihA/eec8ab6FYYGtpyZ6daUxMQwRRNDAD2JgPfK"
    "wHh9+erq3cXbR8dPjbNCv4gsLyl09cAVNlxzEw9cZbup1bOjD3T22JxD3k7Wzi5FDWRVLL"
    "NXEM3itkXZIIuvGY12mJVZ1WL0ZNRexQtnI0zQhNnHHozuAtuIB6yZ3MP0BbeP2C84oEbe"
    "hqoaM9nHLVfbWpC8u5ZV1TQrvFJvqqi6jKTItlPKZUsutzIgXFtbW9Rgo9T1tuprtFxp3V"
    "U0Hhbv/CLVt+UV1VaVKWcNlSlnJXWqRldtYiF1qqpStduDoI5bt0T91viLKgL6yoY2cYw5"
    "BRd8ElilpC4tahbZTrJ8aKbrWwnvsUMY8QQUtP020SwMTO6cC8SkZsKkrQ11sslLWcvHv+"
    "All7o8vE8YuGmlMDPTxjUTpDf/wNWCn0H6pEEJyE1/zkSZYVnD2OcSEYZsB3AyRQd3YHQf"
    "/Kx1Da1r7KyukT1w7fPyUhiN0L1X3jo6yjfTJVtM/ZNuYF6EUxnfA7Cl5/AiIEShy/CdSR"
    "x4B2ZNM6lM8DikMKzUByGKop/WRZ0+a9PD/6y+hf9ZqYN/quLkKVM/DjmFUJomf//44T04"
    "Of4Dwuk/7ZC9oso15zLrYzTyXubrffzqvhafHh1Yrm/dDuEVaGDO5o9+OvhJuzXv3Wq64Q"
    "pWXR+i9GqznRSpaRLdiATEAUVwJKHe30DMHCHLOduVomEQs1+Y+ct4JLsoJiVNnckUpxZx"
    "tJ7xVdN14wbuyMb826p+RVt55mozSdxKJ57oxBNllcF+tOloo5fwWWtwpwBKu+YgZG+gLy"
    "HE7eMaZu4+iaa6Qc+9dJCb5cwZHwiYDiXlueutGaPgaMCbKzd3vdpdAlRax1tMHWuKPl6+"
    "umYLfrn8DS0IE1iMsTudtOv+syqi96lyQdVXJ2WAFC9N8iAbkxs8F5cfoUjp8c+v3mU2f1"
    "yzFMvetbXwTZUt7aUirnMJVFK6LzBhzKpS444uNavbZrpolapdT9ueW28+FC/6mnK5XgGt"
    "bUNdL6Hr+1ArJZu7+iBPT9v4IE9PG6ZUnpZ8XOxUSWA4Wr6H2N1In0j2RIjTlTEMHrgaoZ"
    "mCFCWmYwXov2j/uuQBMpr9h0VXYUH+wQ1e3nfo/cf/A62L2w4="
)

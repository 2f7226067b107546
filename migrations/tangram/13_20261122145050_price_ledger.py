from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "tangram"."ledger_entry" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "booking_id" UUID NOT NULL,
    "plan" VARCHAR(63) NOT NULL,
    "component" VARCHAR(63) NOT NULL,
    "window" TEXT NOT NULL,
    "party" TEXT NOT NULL,
    "account" VARCHAR(20) NOT NULL,
    "payee" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "period" DATE NOT NULL
);
CREATE INDEX IF NOT EXISTS "idx_ledger_entr_booking_20b308" ON "tangram"."ledger_entry" ("booking_id");
CREATE INDEX IF NOT EXISTS "ledger_entry_window" ON "tangram"."ledger_entry" ("tenant_id", "plan", "party", "window");
CREATE INDEX IF NOT EXISTS "ledger_entry_payee" ON "tangram"."ledger_entry" ("tenant_id", "account", "payee", "period");
COMMENT ON COLUMN "tangram"."ledger_entry"."window" IS 'of the running total that it belongs to';
COMMENT ON COLUMN "tangram"."ledger_entry"."account" IS 'payable, receivable, revenue, discount, expense or cost';
COMMENT ON COLUMN "tangram"."ledger_entry"."payee" IS 'whose account; empty for our own';
COMMENT ON COLUMN "tangram"."ledger_entry"."amount" IS 'minor units: debit above 0, credit below';
COMMENT ON TABLE "tangram"."ledger_entry" IS 'One side of a booking; those of a booking sum to zero. Appended, never changed.';
        CREATE TABLE IF NOT EXISTS "tangram"."ledger_lock" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "plan" VARCHAR(63) NOT NULL,
    "period" DATE NOT NULL,
    "reason" VARCHAR(500) NOT NULL,
    "locked_at" TIMESTAMPTZ NOT NULL,
    "locked_by" UUID,
    CONSTRAINT "uid_ledger_lock_tenant__962c3e" UNIQUE ("tenant_id", "plan", "period")
);
COMMENT ON TABLE "tangram"."ledger_lock" IS 'A month of a plan that is closed: nothing is booked into it any more.';
        CREATE TABLE IF NOT EXISTS "tangram"."price_booking" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "plan" VARCHAR(63) NOT NULL,
    "key" VARCHAR(200) NOT NULL,
    "payload_hash" BYTEA NOT NULL,
    "kind" VARCHAR(10) NOT NULL,
    "reverses" UUID,
    "record_id" UUID,
    "party" TEXT NOT NULL,
    "version" INT NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "effective_at" TIMESTAMPTZ NOT NULL,
    "period" DATE NOT NULL,
    "original_period" DATE NOT NULL,
    "event" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "note" VARCHAR(500) NOT NULL,
    "hash" BYTEA NOT NULL,
    "booked_at" TIMESTAMPTZ NOT NULL,
    "booked_by" UUID,
    CONSTRAINT "uid_price_booki_tenant__e53f0b" UNIQUE ("tenant_id", "plan", "key")
);
CREATE INDEX IF NOT EXISTS "idx_price_booki_reverse_79988b" ON "tangram"."price_booking" ("reverses");
CREATE INDEX IF NOT EXISTS "price_booking_order" ON "tangram"."price_booking" ("tenant_id", "plan", "party", "effective_at");
CREATE INDEX IF NOT EXISTS "price_booking_record" ON "tangram"."price_booking" ("tenant_id", "record_id");
COMMENT ON COLUMN "tangram"."price_booking"."key" IS 'names it within the plan, however often it is sent';
COMMENT ON COLUMN "tangram"."price_booking"."payload_hash" IS 'SHA-256 of what was sent with the key';
COMMENT ON COLUMN "tangram"."price_booking"."kind" IS 'sale, refund or adjustment';
COMMENT ON COLUMN "tangram"."price_booking"."reverses" IS 'the sale that a refund takes back';
COMMENT ON COLUMN "tangram"."price_booking"."version" IS 'of the plan; 0 for adjustments';
COMMENT ON COLUMN "tangram"."price_booking"."effective_at" IS 'when it happened';
COMMENT ON COLUMN "tangram"."price_booking"."period" IS 'month that it is booked in';
COMMENT ON COLUMN "tangram"."price_booking"."original_period" IS 'month that it happened in';
COMMENT ON COLUMN "tangram"."price_booking"."event" IS 'the facts as JSON';
COMMENT ON COLUMN "tangram"."price_booking"."outcome" IS 'lines as they were explained, JSON';
COMMENT ON COLUMN "tangram"."price_booking"."hash" IS 'SHA-256 of the booking with its entries; also in the audit log';
COMMENT ON TABLE "tangram"."price_booking" IS 'Something that was booked: a sale, a refund of one, an adjustment. Appended, never changed.';
        CREATE TABLE IF NOT EXISTS "tangram"."price_tally" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "plan" VARCHAR(63) NOT NULL,
    "component" VARCHAR(63) NOT NULL,
    "party" TEXT NOT NULL,
    "window" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    CONSTRAINT "uid_price_tally_tenant__37aa74" UNIQUE ("tenant_id", "plan", "component", "party", "window")
);
COMMENT ON COLUMN "tangram"."price_tally"."window" IS 'first day, or the contract';
COMMENT ON COLUMN "tangram"."price_tally"."state" IS 'the total as JSON: exact numbers as text';
COMMENT ON TABLE "tangram"."price_tally" IS 'A running total of a component of a plan, for a party, in a window.';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "ledger_lock";
        DROP TABLE IF EXISTS "price_booking";
        DROP TABLE IF EXISTS "price_tally";
        DROP TABLE IF EXISTS "ledger_entry";"""


MODELS_STATE = (
    "eJztfe1z4zaS97+C0pfJVjGpsT12suO9q7IT32ZuJzO7M05yeTYpBSIhiTFFKARpjS6X//"
    "1BA3wXSQEUJUMyvszIIpqkGkCj+9dvf4xiHM4ivPjiTchiHATEuyeLZYBjMnqN/hiFeAEf"
    "OkY5aISXy9IY+CbGk0DQ+dn4cVwmmLA4wm7MR0xxwAj/yiPMjfxl7NMQ6G5QNh7FcxwjzP"
    "8OcRijOWYov+kXcDOPuvxufjjTpEtC//eEjGM6I/GcRJz63/8eydFj34MR4sf/8osDP8Mj"
    "nwiDMfDn8mE89UngVVgkacT343i9FN99//2bb/5LjIQXnYxdGiSLsBi9XMdzGubDk8T3vg"
    "AauDYjIYn4D/FKXAqTIEhZm30lfwb/Io4Skr+qV3zhkSlOAuD16G/TJHSBxUg8Cf559Z/p"
    "q5WGjcfv3t+PP97dj8ejjamBV6hxPf3KpSFMqx/GwKg//pT3LRgivh3BA77+9ubDZxdXfx"
    "EsoCyeReKiYNfoT0GIYyxJBdNLC7E8QarMrhANyfPsi4LpxXrO2JkxzDAWFywV/29w8+s5"
    "jpq5mY2vMZK/2BGycLTAn8YBCWfxnP/51csOlv5w80Fw9auXgquUSzAp5N6lV87FpSpzH0"
    "nE4JU0+FsiOUEWv1Jh8at2Fr/aYDEVb8Q2WfzfH9+/a2ZxiaTGYs93Y/R/KPBZfISs7mAt"
    "MAPuvGDs96DM0s++u/mfOre/fvv+ti454Aa3NdYXxzuON/n/DWdc7C9IywlYo61PREr8Rf"
    "bhtKbj/s13dx/vb777Z2VOvrm5v4Mr5+Lbde3bz65q85TfBP345v5bBH+i//f+3V196vJx"
    "9/9vBO+Ek5iOQ7oaY6/Mk+zr7Ks/QdeZPpTOYfhigt2HFY688cYVek7bxm5eWpwv6t/gEM"
    "/EJAE3/3QKrfM7EmPQCN5w5a5RLa0M6NZIF+nQsZ+N3aqMvg8J8ogb4Ih4XK3kM/4a4RDR"
    "yW/EjR2uY4rfAR/kwkPFMoAvH32ycjgdQYzEMadmm3rrfh7RoOLWtNk/RsUcjJb86bma9M"
    "BHFUow/0A+LflyYkJupjfKpqHC03GmH2Q7eSSI+cvCH+jHb+8+3KGILOij2ProzUf07vu3"
    "b0dCsJTeplDatJ4uyVqfP/rzuSvwXIvAayYXC//liM9DxOcDuMDq69Jq9uadHBqafbaHVT"
    "XPbLxVOxXUzoq0VF2vFSLz1+sIRCryYzQhAeWnCorptZAcct+9YMj30JRG/DvKuCiZli5y"
    "MkaC6f5FirVkD2LJct77caMpe+vP3oRxy4IvUdXY7IcGmVicCR4/B/GCL3OxiGHlM1jRlK"
    "tmcttyjcxDmYxUmJAZvO7nfz0/v7j48vzlxdVXl6++/PLyq5df8bHit21e+rJj1m7f/P3N"
    "u/vqhMEX1WmaUG+tYwpn44/BDh7hmLN8ksSEIYHnctWXz0OyIKAGr3z+C5IYASfEVLlzP/"
    "D4xO0sgvZiOy/na+a7ONARWGUak4WWNLccJN8c8QNC3P8acYOfuvB6fFu5fMADWcY9NNCq"
    "rLu6UJB1Vxetsg4u1SClyJ/5WqBdQWH2vGTeEX6mu7BPphFdODBB/EK87sP94U8aycuxri"
    "Srke0k0FLTa9/TAe8KkkxqTenUsLm/XPId4sdmCi43IsC4cSu03aoMNFCarBOoq17ypD8/"
    "e/Xlq68url7lB3z+Tde5vnmGF+iILqhapRwAUj3QRpj7nkdCxHx+KlyjZRLN+AbA05gfDB"
    "cvkYfXu0MTR4G4Nq0C/X3WQNlrnx1m8p98m00ajpl2E75KtYMNbxh3+5vgprkJfkiXfZen"
    "4Idia6g4C0o7Sc1fwG8a+ARsEH5b8hqt5pRbKHMSwr84RuQTv0WwdhCjaaRKuEYER5woQi"
    "wGPcDFIZoA0r9YcounIdhlj8/ZHhyTccTGx9j4GFP1smFQRf3z90j02xGYHem7ChNEChG0"
    "wB7RgrgGO5G5PjSnkebqrRDZ87iRo7rIeI3MZEyjJ0B+fvlKAbfgo1qBC3Gtxm1tg83Gvh"
    "yBJbYgjHGdc3Nu78mnliOgRHISm6drOu/+574bZMpn8+37d3/PhteRpxrIJI4iraC+EslR"
    "ODPgdcDB9AddOsj3HOFaclJfkyPcGA5XzKc04v8LLMRBPyfnL8+v/jQTGFwGuEFLap+wbP"
    "xRzBZLFgscrV9Lowk8ToybWDgKIdrKQaCQI25eRT57MGd2TLHM/0lCj/PiRxo9jJqs8vJ1"
    "p9MiX8qR41U2VCGVhMVkiSg4Cyf+DIlbZdkhv9EJ8ii4EwXWWCjBhTtxTgN4IkqWKCJcM4"
    "6YcC6uIp9TNITyHeB5NnXFmubWNH99mgFu8nbgkn3Ege+lKXO65s3ZlYJ1c1ZXqgvjBi6d"
    "fnBVweuCmRBWUglxY+6cLHCfSRg+MAGOFh0VKxt/FCqWCEkWzEbZe5uhRjV5v/VN/SqlNf"
    "mNNvlxDPEYcYMB2or6lklMhn2fzN8aYBaPSRTRSAdJqVIZfZqIGCrhfYP4Kkg5D2nMb+0H"
    "RDFm9BAwiylG4b3M1GmyB+/zJJ4OU7DI9FFzyboJi+mCW11pmDpEW01ptJCmFzfO0rOHX/"
    "ZjhugqbHa59rzP9mQsa589qX3GgmSmo+Bm44cRSdt53EMgiVBors9+/+GtRBFi+kBCdi3A"
    "xTQHrLd2O3xKzSmaGH3dUy9VuMtHtbunXm7wF6DLpEGl6VjjOYXJPB5x2e8/ErDjWMIAIl"
    "Q9b/dtNGfpuFo2W4nmKOw2ly7X2WEoIprTzyJ5jH8G1CVPTHZEvtjvie8+CHwTZmdXob8X"
    "Q69csEh1u5RpjN4w5TyAFddTp37EYhH4YWRGwOmG4KRKYhZoeI1mEV0xNFmLvDOhUBL+W9"
    "a1QD/FaRnYgCNL6s43J6Er/y8nMXoWJNNL3E4jofjsZDMDOyLyZ/NYNUXpSbL/LDrV5/w4"
    "CnTKFLP9xnUJY3+P2mz38nWn04DHYuR4Fimb8R/EBgTfKkjHiLg08sRZlQYwym+Y9LYuCA"
    "GXK18GnkhBdtCMK4l8IBXUCeMmPOgiGImlvWHr7/NhP4c/hzdI/HLh8OXCZ+4H4jj2Gcj6"
    "CHIMHIEfReSRW22ehBf8UJwXcBNH+oXh6ZyMK72pBPMl7OQGlBFPpFxKhQzHP4f8GsR5iz"
    "IzqZ8jj2dIfdTsgX2BbjIJKG4rfi1dcbMRfgu/R5oD0afIDHAidWfK6jbwSbJSodZLecmM"
    "4VZiQTUXemmtJ+MIjETnSaBwS5NC7VkTHLtz3Z8jiDqeYeEh674/gsNUw32fbxMNjpZpzG"
    "eo8Gm6IIKFcJ3hR5DxKVJMQV4eoOZSwfCS8FXld4nEfHYfeP0WB5gqQFBQmA0P8FUrX/UF"
    "SwPYZDgq11JcvnCTOODaDTOraEOhRGgs7wqR8ckj4olSj+T/byqgQtpkKughBUvloaqe3Q"
    "pRr/1wPCk7ewmSx25L5dubKMLrliiFgqbGcrNQ5aGY/u9fNpYqsEKPaak+aDrPst9Wk9OD"
    "VXds5Ceb46UWSJ4TGH0Eev6MyPyMXHvjhi/5PcEBWM7CZMvrg0VJ0CtK81wpB60jBW0jA0"
    "3EjI4Bw9cFAKuUFgA0DgDcnOYkjP2G+mEq85yTHk2NmGc5z2KaxhLK25zodh9yne4YimH9"
    "kVW7zqDWXD/883UKb0JkXTznctgXLrOdD7S9OI4jgpmeIlxQmHwkGqsGR/xUJgDQalfyqd"
    "IZb/4dGN4o+NOnEFmV1uoTRp8zmcdJcwfVyIzfQBI/KbvaaBhABcYHIupYHxIyyXnXo2hE"
    "ldSqcCZvrdR920uGlintLB/DLOtqIGUq48XngfUPEcfbyNF2cKlMYzCkPMqDOiIyTRh8kM"
    "aaw18Ah2xKFM+ifQQwmxJp9IEG5IYxfxZCeMqoKdioNsTpjDeK+OAxro5WKB8BZGjOX7kU"
    "wAOFWZjviRyKUucL7Lo0yVtfaIXR1GpIHOahmrE76ZMUAltqrB6nlGI69KN14G66TxQ07Y"
    "+zwTQ2mOa0TsvS5tTgaZXKMrUOgaRSRFX9yMafBI6373Q/g3xVhypzL0J94b3hXIbA4mtU"
    "hHTEoinKzhjE0dlOz9CZla4E8eJiKTiQ8gO6GhyZE8zICwYWgbt7MbmjWw6MJpGrF1GQU5"
    "gsd0fYW/h8oiFYANIIgG9PZ+RZj9VTVje1aVrPQZJlk6UHClapLChYl1UWTj/9nWPh9GF2"
    "jilQ7k3i+fHXc+I+LKnfljhaG+N0J4/C6LFbHb4Vzb2fA6qKPRHXCTgp9BCNc3wV0EPiZX"
    "WcHshaBn6W9XJZvhcSLEGF34Ru9/IETZy2ApQx8vvWNMQaL8dA4wyDnXYVB2gEnRoqA6Tb"
    "cTfYdJ9AyQFz/S2mekBlI90H6is6JTC52IWRq7pg+RyzxhIjIY5akjMyihrTJ+tYpjwcGd"
    "u7OJhGoOYaHDdFb9+8u/nwU7MxetsQsXr70/3djW1b8zyU6GZYp8N9cRSwDpeyOJCxE/z4"
    "Eo5QGoEu1SsRdXg4jb9J4yncUZc+pzCa7zKr7P7m3d8/3HzHR339gQ/8x91PqVZrBvfhXX"
    "CcRA0IctcpUiEz+ygZffvdzdeff/z25vPzy6ud/QNDHipGmZt3YRytR62WprzsKBiZJB+5"
    "1b78SBcEivTMpFkHpfU8GoLdR4iQUmm41xfoZinrVDoohJJjacyOdy3K+ywD7JKsQI+0Ia"
    "EsUIjEm7/1w4dNw/Owj97FIlWoi1PwfVyUee4ROcQnK28NqfdYQdnzqUWVB71nFnTW8jbP"
    "RrGW965HjU400ymYJB9/D76Rf332Qjjzx/AKLMaL5Wd/efEXa6ZIdfkUmzjxQ5cfvBE/Xr"
    "8QEv4LkPA+YVL3+Ef6E7SL5qjUC7hqrxdwtdmxtnRAqscMxrbfcpvcErzRXdJVqide2Lsc"
    "x3u27SSftJtZV6hOhbt7aWB9xBXNGoSwrFyWpklk1QVEOkXWs+UFQ9m60F7dSh0azjo6NJ"
    "xtdmhIS3ptTkBHcaISzVNXJyopPD+PXvzx54vXr2Nuvvz7l59HDdoOt0JEBZ2shC3YmROa"
    "7F7WobFOkRyYF0JSZm+q8B8dd4cKfttgJFftwJjVksAFiXlSIiQxdBNG6Utm8gKqdvbLwt"
    "uDljZL89WUGZ4RmMfu77la/PkNvN/unN5Ll5y0dIUmhF+lMo7tPZWM4ZeyR2LcFOffXsuo"
    "oDCkG06DHP6N0XDSfMgtaEREdD+o95CGye1CNyKqfSQ6+H9ybeJziHnUitqLq44CaB9kA5"
    "ViwiTqDSFbIRJYLMoK7WddgAUU3hzupUO8vXW7iNeqYemtuK/EjXXR3zLVMKEqFgS2ILAN"
    "v1JCBs8cdO6gn5Pzl+dXWUuPot+4LA3PjSA0w0ujWw0tI/Lo06Z2gl1u9jKV4V52iCvLVF"
    "Q4TdCETGm0e37mvqK4TjVybpRGOmRzIU4vRxywYbKYkEh2NoW4a5gxA2fJKP3q+1CGT7Xr"
    "WPkIFT0rKQ/eqmvdSS9I2mooIiLMXQpAP6rpS2hN4k2Fq9cddolWyJUlJUd+xo4xjbzO7k"
    "RWpTPlSLMq3Z5VOlPE391jWxkpeaVb3JFH5ZpR0CUeWnstY0j1ifyYj8m0PKjuJXswpH07"
    "oOeqH79GQn7AdT8QBxrXASf0U1YVorkV/T4esousbOro5qhEQQnmjuc+i6kMtbMBUFZQPj"
    "tBaQOgbADUqQRAySoGKFnCwkMeCUgMjWhAwMOf/GXpGi1INCMpFtLH/3NxruCeuDhvdU/A"
    "pZMJgLAt3YZt6Xai54oN+LMBf3vRRG3s31Mwei9hgDIjqAHab/fSl0iO0k3/h/wp3KyRAL"
    "KD8DQm0S9/XgPuLLQZMFxRPk5c/nNnnHkvLYhcnLCGbdIR5ZZTGBjkNvFnnJFtQYQCOkjx"
    "4IB4aE6GQP+FGbwR+naSoUHZ+0Fk7G904ohipAGd9dMBBw8YeiQRa2ws24rtlCie1hP8cp"
    "PX6btlvqzcX7Gg3ERSZLiEfM7PXn356quLq1c50pN/0wXwSDDHKEj2XwkRbG7BZeVlZzs4"
    "O/49H7ndEVWSGqJEPgnwGhyIsvASDj2QJWsSXwtslc+TrNkkHJBA62SF9IvvpeEBGbh8ds"
    "E9yXcTa/BgHezRP4c/hzcoj4KH7+kKSs0SIe7RAkcPQIP5jTwBH4v1LZ8CXQMQf6nshVY0"
    "CVKgGYK1MYSxUXC8Arq0s5NNzJ8qTizmeQcPW/awDZHS6WErUVkPmwWOTTJITRHn3wpZEX"
    "3H5UqjPC9f7xboUupE40U2VCmMk0ynxJVtmXEquKK0gQqU2ptjqHxAvNe5YG13mD2IGAOy"
    "aA753NeDtoeHpg+Dj/xJ6pGi1kFm5dzRy7lquFu+EVQNsRLJCSJBe0lIBBmjweF0uMncHe"
    "V6NDe7fE8khMJXILeFOOeqcx6Emwd9GJGZZLZPWE2qW5dwm0vYFCXuv+mkUXmD77uVtt/S"
    "EVt1tR8h31LoP9CCdwWKEnSnKytS8Hdq7cICiWCbUtCJYKN+gb6B62DkihjQ1B52kCcqL4"
    "dcpeIrar2pux3ywTvrcu3mcsjN3LSO/Xabmb/sOOKv1x5XhX789u7DHbw5t+3/A70Qo190"
    "17jSfoWAUtbeka/5FdDNu2/4d/yPBXy55ZXU3iPhDI7GK6zIjjfv0GcvGJwWDn+rJAz5Su"
    "JiqvNF5Burv1Ixvvt9BB/+9p+cESlj4AXhb1h9W5hTWmtqLwX3VJ6u9AWs9WGtD9OVZmt9"
    "WOvjCa0PEV0lDA4oOnFdQPiZDiILoUhAn3gaLQEPYIAUB5XqlBQURs+KUOi49QfKXXrO8r"
    "Ne/Flq3uFDHVWuPVyDTkgWy3htzMxk3gm92jYVqqPz/NfrBl3LORFavFDddy+x0BIHsMTr"
    "gOKG47Q9PqZEslN8zPEE0e0lskVonHoCKCUwWv4IcwdKNQvvrrQyQMhkSriujPlKQcJ81S"
    "pfvtoEnmLYWg3CpVWDL5OYFoWhq77vFGpRLWgQNknojnoGYaNsfnIOjgRoJ3QWrqPEVGgw"
    "wi1/jWISBAziA2IcEMSHMTzjx+gSR6pI6sBcL0EVOthpicyopJot+iWNh0qBPwrUtLa9+k"
    "x0icx2hTR5fsFi0rO5Cwrzwi6XEXWh3qCAo/mZz7gu2+esHz7kMiCYkX4N2WukR7OfuDFB"
    "Qji0/ABi3+S6QS5NIFQPMzTjpuDzE6gBZvGYRBFt2HTtzcGrVMZtvEFEp+0Krm/VW3+vkf"
    "7ee4BKRk0eX3nF6fT5xvkYneZIlOuooj1RAa9do6kfpYCngwJwLPEFCn5XfkCGslVRZ9ej"
    "Xe653Veb5eptddR6/D6qflHBvLGXbPWLip/Bb4vefETvvn/7dsPXlw1Qe6IYrfXM9/fpc6"
    "2Lz7r4TPdMDePiO8myDGVPUxYHI+pv94IZrdNP1+knQ4rSsp+QkCOrQjMSx3CIQWLNDCrX"
    "QVhRX4Pw7FJpVi47ZuXylFx/uwj3/XvuCn1BR+MvqIzS9i1mVTehravwqVyFuUqsubXKdE"
    "eDXz3LvWUBk2c19aYAJj+SyZzSh28IVMxqaTFdH+N0gigrOZovg9JwpTKjmXs1j1wPvSX1"
    "szrysrWWy99N5n83VxHtcY/dCirL2ytHbde5M87u0IpgbMAjpf2u+7CUtONZWpBIuzU+vB"
    "m+HRcZ/W2ahDIdVTwJ/nn1n6PDnz1b7XILfeydxeUa5JUtqsrUGplla0uQph5QunPhCcM0"
    "0KdpVyJYtsH3dvQiG280rsQSdw7eaTdhMV2Q6AtZbrUflneuhBqdd6BG5xvgxoR6DWBeu+"
    "s4G2801wHHA4MzB1CZPwuJJwqqywhO6KAi1Cn4oDYZh3Y2n2gg7ZKfQZzNkJAp9LciNzNC"
    "7MFfLvsC3Uo4dwfMfVIhtcOeBMOF1/Il2tSQqj2+Nicw+GAdfXt//08kXzXvR4VZjNL1oL"
    "ieB+Y1ONNDdz1e6PC7SmQwz59sCXPlccmf0CCZ2w/NMo3RwnlCZn6a2lBexiFbqbb/PfQp"
    "qR37ZkrY27ZgR664rESgY0ShAGDcU6ocej4COtPxpKTDDSlIvF2rBPlYTAEDmANzdVLKfh"
    "nAJMWng8RC+/OXnadpL66XKNGp15qONlmlGc0iumISD4WgsTXimmUJrD38QXGSvg/r4qq7"
    "uFJR0Gui67TWmWnyTOcGa59okBqtnWnTZtow3+Vd5kHr8F3elbxsCr7LslNuu+/yBn3/4e"
    "1GFfQMUItp4MFFWdt/02upTb3dX2mdeNaJt3Nxw6fncMHRJGpI3muHd9PhJputvaM2X6mU"
    "Q4BhHXGbrzaKIpRfToPRNbITZPilUpjsZUeY7OVmmOzUD+K0oouq9V8iOQoE4N9/iEPVET"
    "Hh3MSH9go+XPzzl6y0DbyxcCxJI1SjPO2hIQA/dIPEI2NZyGpz2m4pDQgOW07RDeLaBE44"
    "tUEzB3U6ZE2vOf9VafEuR/TzoGGwTkOoRIcsRfdTl7/7/fu3lem6fVNHzr7/7vbuw2dnYu"
    "74ID9ucYqLalZEd3ZKVGZPC+a38QPAmzOsBvH58ZgA0kSs2wAVooabDUbciDTYfu1oc0Fh"
    "8jEycv0lV7pj/jPMRJWXEXn0acLG+jPQQHokU5GZT/LFUdb1Tq+y3ZPNVK/iFJvURwOUjM"
    "QrI1GlYmPWRACKKFOxIoFiF7FjB1Sq4YowF7rHWInK6GNsCLtxwFPK85ngG9QUZ5qmzyap"
    "0cJyNV+nmy3iygPKXh/5sa6crLUtVzKQLjoMpItNAyniS12v+mdOYVjlT+wt/NAH9sU0gj"
    "KgcFx1FgHlk7RGCwxeOeyhCU24/SSVbojOG8JGguNpowxoql2OmZ8W6dVKM6sTH89ZNPUj"
    "MEP5D0j44SMa4RbxAyxxoazV8zuFrEf2WU3zpCGwuR2qrlLtgFUfj19OB6uWYes9tk6V0m"
    "4do7fOEbdyNihc1BRX8t2nJY2aPcjpJae7Z3MxaKu7+INAVMHEfeD6t2i0CSWGpz7A5ZB3"
    "MacrTpt2T9h0GPeg3yXFVaGRsfjxY1C1O3NLa3msnMznt1TIY00fIAiACe2PsJ5v6/k2RT"
    "4OpE5wg12ToSUSy866l2jyG3EbNLN2oKegMBrfAZtVvipED8HDEfxmB63mvjtHNInBawTN"
    "eEQBrz5Qz9WFAtJzddFenPliwxFOo0WTntw+GwWF0bPhskdA1T4F7FMfTg/c8mKJ47kenJ"
    "YK9002GxZm8PcIL+f/eovEL3SEIgRa0X4gMv5LogZDuT1oIyc4ipCNRxz58Mg8MQ8AyNdI"
    "Rp44slvUrWjsgiN3vjOLbUsdDfAe+7HIBE7b6TiiNrAjYEvIClav6L5XORNxE1qUmdewii"
    "s0JtvFo1Xkx1xXRYyCdaXI7qFTKjm3An/h63I4pzGZw0+WqMptsdDNak1oeF0rdEb7XUE9"
    "jAhawT8L8LKLFDBROFw4O7LlYYpjVt8fe0RuWD9OBXcvJXzwDilpybRNZrdHCpVITOb2IM"
    "D0PkJ/VhCzt8DRg84KrxCdBNvrse1Kke0dce0NcdZkLP7QYHOF6CTZvI9muv7/kjEUCGow"
    "M7vqgVXpTqiIxoErgk1J7M6bmN/K+RKF1QltTvpQp+WxuXGnEJ0171lbu0J6NCFPz3KeS8"
    "5GzWmuUtpZNm2WTQkh+DFXzxvz0MvKe1cGemXc1liCH+eUEUTWBCIAXOpxEx8ztMCeKNn4"
    "WjSBnIWf++ELJsJ8ub0vnekv2BfoH2QpE/BmlHoOEsGbKCD4gd8sghskoSfSizZjEA743O"
    "3tzOD5G33MbCSAjQQ4AhGr4boWy3yDm+2GbDb+JG3YoaGCk2yQ9uiTFeSGRqiIT3tiF5EN"
    "Zxk+OkgX4aoQmbyA+0qHSxWMnI9qlw+XGyh5GoOo2USgTGQD5etVo3VNMYuoWBvM6bLB/s"
    "sXv3fT/BIXnE7La5oNUepVlCyhrR3EX3OyL9BNWifjBRNfiDBsfyEaEYlXF7UaRI9Mvuk3"
    "rKkhbrg9xLtuNZXaCFljyRpLRyALNQ4XXZ3oGNShEWa5mJD9zGgCQErgkYgJCcFZGUc0gP"
    "I8IMLSglH6+tOlkv502aE/XRrkITRthT+NixDWBjRfErzT2Bl1OqN3iDgiGZqIWgd+hGR2"
    "t1g+DqJwMIrSIh5xAxz1C8A5O++ai6K30JcdvYW+3Ngdc3x+edW0M0IctcRoFzT10LNst5"
    "gxKUNI/ts0/jdXgDkzb9+8u/nwU3MYzm1DvPDtT/d3NxvJulKcamZA18isZWd959bSO6yl"
    "F9DVtz6LaUvP2vJ1p9vu4yPH89JQBacbjtGc35JAp7SYgnfL57OMQ5ePDnxuzU3W4v9rWT"
    "IRClwiMZ7LjCZn2s7300zwze6unOJbZtI4oxZsHCAPt0v9U20VmcrR3WzJE9H5rKF5wLOu"
    "tpWUoZIqmWWrBYdPVWWoTKte7jU2P/HaGA92qBkeEJ5ueMDwieoxfSA6tX7y8acEWA2Xb4"
    "dZQ+ZLOzPT4ZaXDbzkIrKpq2O75pETWNSiVhokiV2q5zUokVgxqiBGObMWpCk9vD3VsERy"
    "Eiw+dKphTHW4LUdbRvdgtAf1ysea3q0SkcHJb9CbgUIZ4jgtUIyEfgOBhXA2ozkUKiaymn"
    "ukWojiYICISZDlmww6a8Ms35SwtW2gZRmHU4taiZIQirtgBPQiBJ+GWYuX5rCUrRS7lBYs"
    "SmvJG44VgcgcPCl66rTgkLWSg1X8i98K/pcdifUenNEOAX/aeBobT2O8cpwteFXNOBt/Eq"
    "rEvtXiMFlMSIMR16o2FAQm28RZxeOsnpg4QmRj0xgOFoZkwZbDG80nWwVyOV8z38VBWgGS"
    "Mx5CRItj8unXenHSa8jmCpGVzQ1F75IGw6O76l3SZHUYtZp7yuezc6X4rI7wrPqa9UM/9r"
    "EmzlYhslhbvSJpRLQ1tArRXjk6QGRA7uGVJx5UcGTCfhqg0Jo+o3X9F3Uyk9WMJ4PeUyY9"
    "+kyrHmOdzPK2gbd5MdpNxrbX260QHUPN3SGk7l7q6IbkU7N0bjdJCgq7oBtrjOKmJp8dNb"
    "hzCrNLcEMcATSog9KiS0KX3OyY40eCIP9kT4W4MV+6TcVaO5hZkJjNTeyKYsgp1C4Zmb/6"
    "8JyELndjTXd8hcbu9aZqfLKboFY5vhKJyTyVkS3l5alVynZoLeFUm3CNZqJAM+T4IYLdOb"
    "dIcMj1Rf+pEDNuy0T9UjqqlDY+0+j4TJFR0KdIXonOlsgzbYZN8oD/M6Kf2lN25FVnu+97"
    "mQ/c6vj+SBdkQr0111GpaKzMR8u2eaHICJWfESxN0UFmNYeCC6INM5SjoyHUpnsk12jCh4"
    "uvRI+ZTX/5Ph+0i5td8Cr9/IgD3xtzDZObFioeb0lLpwXDe3jaU6V211dIb9PxEtbvbv3u"
    "R3Bo6OTBVLaOeoxvmcp8po5Wop4oGJUsF4gHhclLIlLZHVGiOQ4W54cSHD4kCA7J4VMMIB"
    "nRqQiHE4ENOKCQoEsWy3gtT3pVBu/b5S4P3GlEF7pqfZXS2m7Gafab0yz1ql7znJPaiTZ6"
    "ork1oZnpZ36Lw56xHpdKzWwuO5rZXG42s7HlS57FNsomS6/0T5XKxvXUquQ+J/yQq9QkhF"
    "hW6H0gfgGakCl0V4RYn+xVT39TmQQvfoyp29yBo7jqbIcXWT5wK7z4Ldf96RQaw0KTC29G"
    "ZL6MF+GVWBgxfiChkzrI+WIBG4yfyHypyEvCVoCKPpuA4rC33t5II7O5stIA8MjdGmvY0j"
    "5wzZb2OcrD7BQhC3NyXmy5kv0xVwjuDea2SuJsuNEREcsAuyRLJcre+Clql2hWgsE2hLrK"
    "TZPUxXsIY2vTFu/TGLdtymIWC6dYOdJn0q8La5mlLuOWopCtQxt1uVpNuTRJsK6/dbhpGT"
    "RtI2JjFRlCijnZwIRx+Q7WRWtdtIZLs2HURFsBcj8dHE4zKfrpEhBsCbsBuWnNlz2aL6fY"
    "jLEncwduv2hTxSvc/asCd//ayt2/1rlbVn+VQ7VKNNabVHPE4tDzwe3TsGI7cr2qZEbnew"
    "3BUGDcRmKXQEs0Tvt8vD3tG077FfFnc50c74LA8rOp/o5oddHDT1whtPEVxrmCKwUxE9Jj"
    "hguqo4kDeJ6zS8Ne01uQ2fk1fn71QqNKJFaTtbXFDwwaeCQgsx4BfXU6u3RrRu001oJh8/"
    "FW8zXR4SlQ3VaPZ4b5bnV55gOV6k5L372MUys1t0M+u0YzyKDJIikX9JFAWdDmYtT9brOD"
    "r9TGutlYN9MllHViGsxW68S0brej0aBlYUod0DgnMLh5yZOt1eUcM63FmhOc4God2o/ph0"
    "3ujS2VqDIiCxwbDT3pFtS1lXQ7fS0Wetp7uP2nJcmqnaqG3JdI7LJt6msZRf6jFktLFJaj"
    "TfoICT143gZHO0IpSjQnH0fRWCDXj0lD1ZR20ZmNP0G5eXGlIDcv6opDITfhUl2La7Lmbi"
    "kNCA7bdLhGg27CaY6QwV3I2Pv3bysK2+2behPK77+7vfvw2ZlgOB/El17zxgf4eNzUB7R9"
    "GZdITnAlD68BpOWbN1nc3mq1RHISLN4iWStruW+/VZM8KT+klaTbfCk/FJWmt3lTSkWpt/"
    "tTbtJyYyyrPLFMJvwwnhPvGoWQ7I/cOX8Q8ZDwxMGvZQ6aJLIU6a9uEgFo8+umh2XIG2vU"
    "GrCeFx1t0HpejkLi2SoDZpzLJ+p/GZ056NxBF+jn5Pzl+RUq1aGsi/XD2Jap8NdU5ktURu"
    "vzo5Cs8mgDhkRHAyjX7cfXCEO0AYsF//NG2WqTcBjt/1n2OmWK22DP4oc/fTZrkj/tzC+R"
    "GM19rhwnmBNJfiOuATKXq4pJoFqXo9qzUwVbOGvHFs42sAWusMKTNjjfAXYVJEZjXSLdkc"
    "F6ly8se/FIoTRAc8lGGIy/m+hn2tRrp93ErVIZvZzz/tTc7sk66plh85565dfRar7esDj7"
    "yJC91ILN36hHrkOd1rqdjXY7F9OlF0Bep7MB5DWUP2FLUR1VF+ov0z2xfdCCxYV0wywALA"
    "wOE9jQaEJS59lTGgPGgKY0Wrz1w5Z6W9lFpxsu5cPGQTZOASuFsWgCLZl8d45wuM4bNM0l"
    "0Dn1g4CB2cbvzCezCRbtdY9mBBTC5secar4BeNbhUX4rOcYWy7LFsk7nMCjtgM3TwA9x1N"
    "YMuUJXPw3Waa0HM1g6+vjtzefnl1fX8iCANwdoggRTKOgX04Cby2kk4m7nQtrMOz8XuCJ7"
    "++bdzYefmm2M24bm37c/3d/d1BFpkD0aVkY23mQrwxhE+vAtaw9UDF+gEL6oWbn0w5B4fK"
    "VfixvxczEIoJ0tbIcU8wW89GmgavG/xurOxp/g6j5XspjPOyzm802LWQKCmodmhch4Aypd"
    "60wofnyh+2G60Bf4gYAiCP4CcAjI1s1DNILQqZpEhUnSBH62Q3UVIpOX+gjQuddc+5YzwA"
    "i0O4CoMIhFWKNp/uuMA+9g67FksvDTKrrqJ0ADpcEnwZMFuPZj7hCMNU7MDx46HI3nNNFx"
    "pJdJTOZpef4hqTx758MzmXxa+lyq9+meVKG0dXVMRpkj8sgNwj7uhCqlnWWTZ9m2EHxW02"
    "xbCG6Z2S3mi0kuio+5PjBqc1SUhjjb3RWsOnqr0+IeTJvUmQBO8ZKRCQAKDtmKRAw6pIu/"
    "pen8gknTh206MAa43/Zw7geyVnJpOFlDkdrFAgCwTg/r9DgBkWYBdRvivZNdmnY6K6H/T1"
    "A74FRjh/OQ4eLEU+Twnlfzk6LnpomOYaQvhG9oMrREYtXzev9DpsvNEonlZq3TDWmwHDsa"
    "3ZAmk1FNtB7INZbKVDfwSRg7iFGUOYZdmkC0unroQy1F4FzFWclHtScJnG84K4VtFvdDau"
    "q0FqsxGqsppksPranTWRFmFl7TmYdfuu5sR2p08/ABUWlMl+fflDPmG0AZbWqFjPrUarQZ"
    "9Taj/lkr/BZusXDL0YRWnHbm/BA73+bCb2VzE55lSAr8yWcOQzyig8jvCQ5E8lf+aaE4Az"
    "aJ+MmOR5sybJSkPzpMwaYMnx6m8H24wOzhAxfjhMWjJlShOsLpxBUSMXYclQarBYAwuiAi"
    "z5STi1waxAhBC/mX/C1w3sOw7MCH/kh+GKwdhENPRsi7/NVlZZyWuJC9PKYBq6iBEX+Miu"
    "moWrMyOgRCWvnykFHZKXk2DVWWjqE4i8wRz7bPSNBzJos/xIYtPS1hJEqflSp3es8D+o6n"
    "2egVG71y/MK4fMiVNowqQ0sklp3Pxgblpqd81RcsrckGv9lJ6ybQJA58aMsXEfjaEPM0D5"
    "3QKxVWJTO6XNgQyxuW8UZNMMkNPb6lItt0npV/2/DF1CKCmR4cUlCYLAEGMQH3gXhATpdO"
    "SmA+3mTEmr/lCgU0nIG/cE6Foi6aoYq8WG6SRPRRuZDawKD2o09WOgzPxxvPcDrlyiJ6xE"
    "FCZMi8DJ9/UkaDSdKgnnVzOycymeVP5pWZcIn7MJ4FmDUs407PTI3SaO/MKMaiNk0Iia9k"
    "QSL+Wi6361c+f+kkToUIDnY+Bgd04aRmeM8MyiqtRVeNRlc94vper4muUtpU2WOYZT0EvU"
    "pl8fNa87yS9qdxdpXJ+h1cx8PNAY8kfkL63jgJYz/QFVQ1UiupTJZUohhtn/IcoT2LjmmG"
    "9U6iMo09h8zx4964IuFk1OTBza45nb5bXBqlEA6+JBGjIXTC4Kco3ExmvizwGjF/JsysmI"
    "qycNLfJNPvJWKOfgWXya9pU4donQ5B3Jj0oG6inyLqTYHkB3vu9hB0ssD8INsp8ty6RK1L"
    "1Ei5VjknxDrfYGe7Cy8nMBm/HwV0BVknGO6UJe7JZ4aEMcSFCeU8EQP6eO/OL18puO/4qP"
    "Zyo3DNlnM9ZDnXJWZsBb7O5prd7YzeIDSZ4yMczWh47nvXiCyWMVT3JyEKKcp+BV/0IZoQ"
    "lKHmRsxNxG15Tb91RmG0+3UoR+KG55XFOE4aONa+igsKs5cv11EeCeiAns/g2b0W6fBd2J"
    "YBjkVqJfYWfujDo2PakD3UCUu138Rs7wpo4LLWW6pWMxExyedKJArgcJ1mbCxMcrAsEhaP"
    "ZebpOJN+mhPWdguzpwusolzcg+HDTwLOv2ht0uxA13gBJsHbNZX4bvX6NlCa7PodrSKIbc"
    "gmhHFbFqIbYJICzGJh2n7uP1FdpFy3STui98n0aL6FxQdNxgdh5Y1h5Y39sMecN5Db+TZ5"
    "vm0Z32c1zbaM75aZ1ckaWHo9t06V0m4do7dONll6W6dKZbdOPWU+IP22TpXS6hYm75zDN4"
    "IzTQ4OXq12FWpnqpVprByqy6EljuIF0XYebhBazhoUF7H0/0HWo8awCHnJ6Y6KWPrjtA6p"
    "SlQEHyrRziw6wQEAlLMYat/hEKVBFiLmXKaZizxyhoSroineYYA7bk9QtzELNmahQ+Ycsk"
    "7hQCHBcldosrRKZXlqYw/aXIdK/u2zDv/2WUPsQUSm/icdDhcUw/B4HwVKR2zOtU4IywOv"
    "O3PQlN9eNkeOuK3Qh/mD+235GdujSXuZ6jhatGcl81ZzrhugVK0xsim7jfVo53ljrIfF7n"
    "ux8thgFIvd7yG81XaifQY7R3ijIZ6xrye7RHs0Mz2KqQAGuPYloIGFHyaxajGiU5p924f4"
    "VGfZFKDxA5nyXzK/54uluTtHZYDTCTpGcug4zsduhR7fhwRBHy9Q8TG00uBbnn9M74TEnd"
    "h1fumzKV74wfovEPkHuVJpfBmCzCr+p0cefbch/WpvT2lOtoLbSRPLJllZwPKkwTULWA7P"
    "Uyl9NFlaIbIcrbVDLCTyBku7oLIq3XGBZfkhbChQFgvTPqY6i7xKZTwgIJIVQvIpFsoH6B"
    "diUmTKJl9VQpuAtmLq+WrD7AeLuvVh8FHYFYYiRMdzrBzdLFuM4HnMcnM54nYv63GUIx6t"
    "5uusu2a6Hp08u9sPRKVcUZFc7XysulwvzhVcrhfnrS5XuGROTNg7GvtT38VxWyPVygCnE6"
    "oJ60OVkJoFYYy/HEpxWWhJ8oLxvyb0UzPoso1ge7GaUpMCcPzWAZX2FiUlwu3dSsrsGIvX"
    "E9xaq7QqaXsqVOcB0arz6CQEKvVnl85pnccIMpim9gdZpMoiVUdwjtsOKU/FzjQMR1UbSY"
    "cbrYqIjicCPEnPraLAUkhF/y1+TIle4PHKd/tVV9pHhRny2NibtqPQ1WNzW1qzpkM0LUsb"
    "JUxoEnNRDy2+6JK/HlcSk4irSejn5Pzl+VWfqRi+TQ3UbAiwXt/OMo3RsyEwRXHAcA0OQi"
    "NFwYesEhOE+vOXZ0RuFxe89hj6XpgxMwFXgRO+oXVmpkxj8sz0jQUePBw19uOggcPtDXNy"
    "gpNg75bQxwrQMES/HDiQdLidjbfM7sFsOGy0+78XREbXVBqC6bb9+/YTdDlfM26BByjvAy"
    "/y3USTuvI5GtKwl265x757OkZThch4H92BrSaPxI1FaaE/fTM7C4o6QO+7Mfo/ZFaigFTa"
    "Cb8RaO7CoHqNfM5IHLr83qDAc6MqJkstxb2D98C4bmlfF+y1SYIb1KW9/K0aZ2tOYLQAkl"
    "B7SXvnenoSeFzgxFnV1FJl1UjUceMf+aedp2kvh7J1Y/eaiiN0ffXzbmLr2jyG+T2uMAU7"
    "zRrTbKLr9BsC/uSoubhG40BH2ZXKV0CJRqHwRuYgpaE4mVd4zQ/diCazuQgOg7KjIQmaCm"
    "xoUDZ6WasuT7G3Upp+TtaM2JHluImWQzJj23iebvMerldNL2/+SFCgSddDrSvUukKP4EDQ"
    "KYmxufdVGdtAatlrPc17jVYuThZVRLBEYrJF3tN1MzzQJ09sDQbnBCazd7TCPpQccxCoFQ"
    "5iJIwdJEvs878e/OWyZwsOlbjCs/a4wrPz+gT0aBVwLD0C1Bf5wJUm+dOairG0Q605wVEg"
    "rQS7c5Qugtf8g4MWzEEkimTXFfNQ1fzVVFHVnMBoIZPmW4l+F+l0ONDjpxTYrCVqDo2iet"
    "w07FHEOKc6GnANZko02BRxRUwcCq+RaOssOontPj3HAMlUjn0o/qo/9yWyo5n8ZwO5WQfJ"
    "s5hmE5HVf0ZkSiISumS0DVstDXXU0dVllWorvvotXeV5J/wght5uMQVXZ0wD7xrxGxAoQV"
    "z4Ouf4kSCGfeETnfP1s4m8DnRP9cwXW0PEwpFHKEUtXvbEeJleHdIykdGlSEdQiCnySFQN"
    "PS+C0wexsjYKlcrMvHGpEp0iTLNJ2AusMUxLHhqr+T3xSTyeRnShg0JWqYxGCc7PX798WY"
    "3yROL10ZwmUa/s5ksFEPKyFYO8rEOQkpnCHNafg5zM5EnoCbcPzGcwmP43DfFVzhIq0ZjM"
    "4dEuIrnm5Hil4uR41e7kePWckoBaGI+mfiQP76dPD1okaZiFsk6SU5itkIhsSiZhRcytPg"
    "inBWNwP4qI588Ii3soIpuEJnuNRml8E4M8CUYR5BIK7grzOjObr9FL+MJjCLwhiut8YNVl"
    "RSZzSh/GSdRwbrY7N2pkJgsXY7OyMh4y4kZEK2B/k9LkCRiR0I3Wy9hUF5JtI9trKizOrI"
    "4zvyXejER3YdwSuFu+7nQiyoEYOSb5UKXSR8z3iCwfPeFyg8/4dZrvXv4OsWQBaPD/koh+"
    "gW6WS340QahJyFWESITk8h/XXClp4Ptv753XHki75Eqv+B9HseDQipPxJbElurbM13FK4v"
    "SK5E3LA8t3WBOpfJPIp1sjfCvvkNMOEdd7689aNatGHLJBm0oxnN0w9P2DOn89P7+4+PL8"
    "5cXVV5evvvzy8quXuYq0ealLV7p983dQlyryKtOfLMC+6/GhgQin4kOTp1UqW1O61vYulZ"
    "KqSEIuVQ3WM42JR3XpYklDzapGFSLLZgU2F6e0st2UU5jM4CwmL0rCENSmmMZQdiGtJzUh"
    "ACaA295MayrXu1QnJScweU6MBRFK2qaqpCkrqAazHLRneKIDRUaI/5h9fiQhnLaez8TPcB"
    "DXqEkItgY3Img/vPhcra5dR1m7jb6ymfquvg0yW8HkOVkJqy5dQWWHIE0iqMxgpkzCi+Y9"
    "0mUWFTRmA81+yLnPnxKz18gjE35C4Al9JOilg9yIeOmJodrz94A2VElfSiIIi9OqyFmmMX"
    "nH9NSWVJSldl1pQ1VK8YcN/gK82SKOcoouWPMI+dzBWIApDaqYLkHBt9R9GLVjhuKyowIZ"
    "BtlIlcR+GsZzCd6B5ZcnHbgBF//e6ywWFL4CO5t4iLOXgnqKwzWnjhra2A121+3Bp7m1ms"
    "Juu8SgWujMQmdmiSkL85iBP9hDVeNQfQ7dYPpG6ClVVb/sqKp+uVlVHU77fm23y4TWpW2c"
    "S7thkicNllP7iVkhshVOzdH3/xn5LrmVbqtRk8ZfGdCt8y9h6HhSGrtV6/9IF0Tq30Ivh8"
    "xvqYW/5vo6wwC+YWg6nYQekrnI/IsQYe+3hMULEsYaMQN7fpa6haDXlWkjtoBMp8SN/Uei"
    "0MOoMiVjkQQipkw/wqCoUaz1SEnW8Uybm2dz845fnFv750D2z8n2UIK6Jz4cT8INC2vCQX"
    "O6EscMnfIdl/b1Yam33og2Sku8Dij2evQJr1MeT6fwVaY8yKx1PmdixtKVZmTrcH4SN8j3"
    "jl2Tjjd620iNLdPXopKe1md7nKnsjrP2zXG2sTfAaRyxpnyTrkYQBc1eraQBgF7R3gomIU"
    "3jyaYixg9cnIF5svN+0Dh0bd+NwdUYG1NzyHAB2Ph+E0DZ6ggqURgdLZBGloFKA8ln04qs"
    "Vk10HTgDzXr/9+39r6AUG1ze0qSgRns8iPAIquKBpj7HS9F0c+cz8Ojw4dP3UI1kTEFcNF"
    "vNIwd2nu4GzxWN/Bm3pIKxPmcbSI+Sxdlu2hOHW7oBd5RZPYpuwHDqTrEbM8St1aw+rXma"
    "D01iaH6rw/8SidEzEPghEdzP24JB4HDAWQ0+BHOnJKR6tc2z8SZPhkmOcn287PhwMpA+WR"
    "KuQMmg5w6kmfqEXSP+MIpSsBMnEDEcUMXO108AoMnzvYcmWyE8HjX2WQY2pHOlF9hQIbIQ"
    "kmGBDfc4CJqLH5QuOwpBDXE+UiGQuZpDJ0KP80TLIhLZkUgIErCZA7IQI5kr2BTGPMg91U"
    "MUqomh9aoGNrTZhjafzkFlXftmuPZtBvthIsitX+eQpvTJFgwQdTKRh9eidQ/YcZzTUjcy"
    "ciJaGra1z8NxNGwTtUuFUpiCfK8R+cQngd9rMSGRRJ/4bzRnUoyyEH5InaitNsIPhZd1q5"
    "VQ8siq2AmCSGYlYpY1vlomk8Bnc+Jd12KM0X3WMisfIvHxOQQyk1kSgieCq/zcBHAbUyH3"
    "/jx1+0IuTmtJWEvCFEFqLYnTUXFT6bLB3lZxURAYHUlz5qBzB12gn5Pzl+dXaZIKypbG4a"
    "No6OQ34mqZawWFyQt5tJyvme9CASx4MDAanBcyXLBfaf7hrWUbwbTnCCb+tn7ox41Bee1W"
    "Q5XKZC6Psqg8s8MDTtEXPSp1us216z5yZS/e6Ucc+F5LZ6Fud2eV8nj8nVlDCnhzJPoQ0v"
    "BaYBoh3+gotesQw2v2rLvf5mu1hyu8Tns8q+NZesOL6dJziNfprE/cJMSLwpuxt37YXN6r"
    "MsDZgnjJoeMgG6uAeMFYqMYvNA/+kpkJ43NG49BNS/dPA7qS0leM56o3CaYi99GfQRAoDj"
    "3EYhoR6A8r2sY2oV17fdYuzQIKG0gjp77E7O059bU8/uwXaz8oI1R/FL+1z+mVKhOUnyTo"
    "0qoRtlCALRRwvAe9BgZY3pc6K7hKZtlqUamol/E4PCj1pFm4p7ma3Yj0bBRWpbTmltHmVj"
    "ZZesZWlcqaWrW0rkIZ1dw6VUq7dYzeOhF57JmdUaUcYJqPZxsd7SzrCcgqlRWQNXWtp2YR"
    "DatXHA9vj2/X4DhFVRQjIQqCXpEQhk3lEAEPBoG3CwoM+C/OzPZqrbVBzjYQVw7nb1GMV+"
    "rumjASvWBo6s+SCEBVGYoiygxIZDVKAnINCKsfyuDB9KLPiaio2RU2hSkOfO/tIYlwLzGS"
    "PzQzQgdo4WARSItAmq8ApGtfFSjLxpsMk/UMHnqlEkjxqj2O4tVGGEVJoKiu1rIMsmtVrf"
    "NFR8xsW9Ebo9brCGI5P3954SDx4cez8/TTv87SDy8vPj971QfgPbtSWNNndf20VNTyqiE0"
    "KGmQGN8Q11/goDUoKGmSGp4k+iIlPj7tsoO539x9/ea7m7efXbx0JHu5UeDHpC5LqsxdkK"
    "Z2gZQGBIfNrE0p6kVBOIk563sIdt6+f/+2YnLdvqlHDn7/3e0dX8w1Zm/GLOtbuxYENNTQ"
    "NcUy+xqadgrbYtMgy645nXaYWxq11frK87Jk1gKa+Y+Em0hJnEW4cCXCJ+y1sI/4L3jBnK"
    "oNtWl0DXPL7bZWU+cLm/Nlc76OWFJqaLAn2LtASLAv5Du/LvRtfUVVqfz6VUf99aumMPYm"
    "XbVLhLSpqmalgcVt0lqR9QeTL6Yc0G88slhSLpzim5CtWk7qjUHdR7afDx/jYrzS4S0rJ0"
    "gqiFDFaJHEWIBzIsHaxRE/bSH2FOUv5a4//weRJZ1Exn/EybFb0CywR5AfNx/t+37g9oOf"
    "U9KoQwmoBJGWAle2BJFuTMKYrwAxTQPEkFpdw+oaR6trlDecKkfLNJahJ6+89QTK99JIKi"
    "L8l7K4pZFUV4/eKp3J/IZGGHQJLwKHKCSWPOLIh3fg1jQ/laF/DiP8AoVDFKU/rY86ffVK"
    "JbD3VXtg76v6/BQqTnVm2vOgCwqj5wTyngHk+BUOp1/VmH3oDOiTDAH++HvwjfzrsxcutA"
    "cewyuwGC+Wn/3lxV8srPnkVtMHblFyPt/MoLpik8VUGdBtLUVyKKjn6ditltKPc2FMIEYX"
    "ZEK9NQR3wBdEputFdJV+g2D1pBXH/YgbM0vs+vF60xQa5I4qto6Ac0W2ncU6rf1hxkl3cP"
    "sj3wRaFkiZyjK1HgLBL5E0H1c5CKJEY7QmRkPoluIgvMJrqChKp1P4oo/++5WC+vtVq/b7"
    "VV35ZX4jz7tVr5zIBkibpmBVOrEQUJT0Nesy3dHM8Eh4DaCyASg3gT9V3F2nNOGYycoOPe"
    "a8Rno80y6aEq5o9CAKTolFMMf8EV5aH2PxPJaBYYYVxL211h6uj3GUzCuvPFzBwko7mQMZ"
    "rAY8gZAPjJY+kfVRYM04AqpazdfXiB/RaySKBIt+fJykycga5qZDV1hxhNG0xZ9U5+P2Ui"
    "vWorMW3fMwPvyYLHQrlRQklp3PpEpJT6+SrUVyBGuW/5SmiKr2JZsT2BWrsGJtaPrJmBq1"
    "UAydPYNPVsYPn44k3Em6GHOJxhaEMCZq6CT5GRHMmsrHdwW0ZBQnKAD2Uq3cIzH2g00eQ2"
    "RHM48LivrJ6bsx+j8U+MykcO/VnErcTrQaRjh20ApAloBMY0SwO0891QsIAXfSqgmKXSo6"
    "piPrCNAeylKPWqntB7iBSf2+UkjtDTdKRx2Qm7juKMFtfjZUpdlXGf6CRCppasgevUJPFn"
    "300nBrgGeZGD2nC/GNGCJ6b7lzykjY2OBrH8/YAxC3TCK+UIgqGidgBLqUBfcbcTj047d3"
    "H+4QdOxLGHrzDn32YoV9IH7hoBd0OiUR8eAjRLA/khd/2ShcXHnt3GyJsKxtTSA7Lwf+1X"
    "FE8ebpmyi+/H+g/NW7XzLXY3TeZZ7KQ1Uu9medeiXo6jTLB6ozK3tDxddise8+yE7eJW+O"
    "zhsWd+h+QRiF/vaf6MWWV+tRDrzyPsNC1LZsjS1bY7xabXGoveJQpwpN2wLaRkzDoYPmUm"
    "VTYzmXSIxez8IMBMVd6IIQvLyK/JifHSim16I6A2jNCNQEWOxgK5qxzB84I3QmJBtv9GzA"
    "SxbxDVNaBI6bwXT++2O2yfXWiIR8vNHJ8BmPZVayz/cDflBFP4buhyqtEp2FXVAYvbRTi9"
    "RBqbXlIGkNOsgTUiZCM2pEqG5msNecaF3lyTKSnauTHWoyFn6YMKG5LCOfcoG/fi0OAcZf"
    "MyAslun+O+N/WQmz81caJcyqQImOK7NKeTwuzRFMBLQXE5kLpRaSEqUVgW0SV/PFCe0/w7"
    "aR4vf3WRQVwiNaEyL4X/QIzWedb1H+f26IPq8FYP20A/tpn18Q+7MMHTGog82BUhWK7spQ"
    "jUiom9yMCtGEG7muS5YxUURqTmkZZL+8z3avkh7NQnie2x2yH3rpzp6d4aOY4Tld6kAw2X"
    "CjEZg5XXFBHUtdN838gcxdD3CBhc8Y8frov0ODMzGUuNvk/U0U4XWLEy6jqLHfwPggztqQ"
    "xggzESE0wwNYmaB2/vuXDYQrc36rI1wZhdEI1wNJEURAUkLyKa4G06AFXqMZRZNeWO6eSm"
    "adZmwhX89rKUn8mDl8SWdiReStplmFfWbh4lxhEi7OW+cALtUqzJIoy7ZUFOglCpNlum62"
    "30k02Erj//4ljqiOAMF/ZWeYQoRgft4pZuOmYXooIgsCtX1Za2kiLvUFtujOKWWECX9TU/"
    "3X4W67vfKR/LW26JFNkT02OWbjko4gLslNIkYbilB29MfOKYxHkIUaP8ceyqu7x0m0uxav"
    "12nea4wQaM+kKJEcRSoFHHDEn81jKH3C2cv1y8ka5UUJzciXKM9JwA/joGFKOqzWgsRss1"
    "W+Z2F0gRYX0BkoJHhCHwfwkt39z70wYA1TMD/O/WlnQU05QE3BZPlYlYKaYVH7Eqxa6OLD"
    "RME1kRfCYpERwncEaH2pzthYRrPvfXbJJanWBiT8Caph8oJH45RecLE5UL4rSl//eYKi/W"
    "E2Kt9G5ZuiuA2VPGxLfg7fduAUI2W9JOYnRUDwI8nPi37I6sDhg6dpwImGUaLMGgRryoAk"
    "UZXtGpHFMk6P6SDoMwHDW3kTMvPDBpW32wVaUB1PmNiz9IBmapGmf9tOrflTG9JYS3hm40"
    "2WnT3Br71Uusi6eUwaHLAdGFiFyngc7AD6lTF4QBKQD0lL/df0mtONAvBR4yhRrPd6g2C8"
    "RFzAoQoM9T2Iuk8NdZlI+FqWF+F6gud7wqBPPbL8T4gymPNZaao+MezNt3ub4Hnw/9Z+gi"
    "olKcTNttn3Kbe3p9x3IQnZa3P9y6XyzFKoQJA9ukQ1BLBg3W3W3XZUsrsSAZPuJOX4l3T8"
    "Ceobw5thsrfwJntbxUVBYHJkSxaBk9bMQtmaOHw84uk1lBQ/TYaTUNfFwOZrOPhBL/ArGg"
    "GF9ChQC/qmpJ9dKjUMv+xoGH65mbz42Jal1HVMlql6rXzD9OpDHpfPsuaIEDu25oiZx+pA"
    "rhBbyfkUAa6S8aUspQoSo8XU1BdlHbgFPl6Q2EHswV8u4Rt+BxJFMpljiv2gX+z1wH6a1b"
    "xBd2rvRZwON3oC4FTgLPR84VfPYRTI6hATAtdnCY4y0ASuQ9GfVURlbUnz+hZjESOgFVBW"
    "IjmKgLJV3u2IQu9Cn9sVkSetIPOCyWJKH8ZN9Wm61NsSkdF23cJ3I8oIbCG96j8HVnQ9so"
    "wbWty38j8fbzT3hRGUBvPxI0IUQDmcWW0SoP8xxqJITjOkL68620F9lg9UTRwRZnae4AGG"
    "RoG5V+uRpJlV/BjJamZByWehAYi2bFkyYbRobfC218epQ/+lirk26cQcaWdR8F3Pf4uCm4"
    "GCW2xkeGwE5HyDDKY0IDhsMQsymho3J5zotBh5+/7924rif/umbml9/93t3YfPzmo1+Rqq"
    "UT512/IjYvtRQFEmqbk/pInsbYruD0Wi+zZVt5QTrxzDUlQFWCaTwGdz4l2jMM1c5g8C1X"
    "Iakwh+LSR5JbFwN/3qJlHELZVfW+NXBrmxugKbOk3Vw1fS5yjFi6SMHWc0jo0ZsdryM9c+"
    "rLZsY0a00a0zB5076AL9nJy/PL8CrAMSKZ4udKQk0DWU6BKV0Wr0SGaoFOEi1wjHaMH3tW"
    "xpME3Rp51B9gF1bf7b/FC4bnT8UlUqk0XMKIuVAgUpc06Y53E6xQyEoh5WSSdVlDv7z0mg"
    "XMmM+DbV4XqZxnjOc5ZOA9+NGVpxWaRZhPYAE5AviR51Q+u01uY3zuZvnmq9DKA6nc0BMs"
    "dleC+stX+Q9agJSSmuOp04SmrzpTHCKiiKpHjBEBifiBM6iIRutAbZhlZ+POdK1gKzmERw"
    "UZaLm/uzOfQXkVp7Nh5qNAZB3oPYI+LbJoDlIM/cjr20YC62IIctyHH8cu35mOOpMQ5yI2"
    "1oLVfDNVriKBb97rieyRU4f8nlQMyNsKcx1qVEA9ncuLjb1eQNQsN1Zd+do493X3/gA/5x"
    "9xNaRRgiSLnp0kdXPrtSye+oa2Ol9I6rjZhR+T5NeHaIo5ZiaiWiOmayjmWbOUP4H4qcGo"
    "inubn7+Pn55dXnf//6u9LizzIPsrN3d/QkjTrMNWfO+9s3724+/NRswd82RCne/nR/d9OS"
    "5a5vzlQprTFjnDFjitL9McC3kUg9a1K6i6vdSjcL8HhSDFRQupcRXfiMVKO7H8gyfo1YTL"
    "PEuFLjuAmB5AGW7V0XqjQ3adbD3XiXCn09OtkXPBy4j711UlonpVkSWqcSL2xHTY6WaQ5r"
    "fRrPziUNfFcr2bqgMFnnNsbvuyD8+a6WbZNTWAYrMPhUs6ONYbCN8x1c6npcjdS34Qoqa7"
    "8ZZ7/VXe19jPQynZ1i46bYIBP9a9BoRy0WurzobDXQ3XzcVvv8fUiQ1EuyCC+pBjooSsKQ"
    "T7qI9BWRX0Lwbxrive6w3WFVaKOF2lQtXkeTcDMFbnBDXZoYw9rp1pFmHWnGqzLWgLQG5H"
    "Ez+FQNyIbyWn7MbHktU9f5QEkcQt/ZYGcr4J+PNzusQWiH4I6Z+hGLr9EsoismSiQisIYg"
    "CJjFOOLrW6PD89DhDHlhClVBkhMYLUdSBd1BS5wwqHvFYirCF/iUPFLfhKJXXMqR0MMNAT"
    "3tzC/TmMx/Yw5Kvr+4HTbWLZJUojJaxkC3NrBD00JJeUUWaG8e4we9fKYDV04Ssq8X5lSl"
    "tKiTcahTdZqF4O01zWXKAab5eKLdj26WDfAO2Nnd2+ymLUlU1fOkKf/RrINT6uJpSTMm9P"
    "GI6+ER4UdpjHBIVtco4K8J6K78PqaBBz1QleNfT6gQ3scA89km0SMORi0Afn7d2Yrh++Wh"
    "KmF2oMLLPOH2iLmmMduD32wMmo1BO2Jl8Ehj0DYZenxBaLat5UlrPE/c1tLqsicZBXFDIr"
    "8lSyG91K094WLQNr2pfW4H1oqei0q0I+LeruyU6uWpwsAlkhNEgc8vLxVgYD6qFQcW12pl"
    "Svmu0uBwOvwEuXumVLXkrKNqyVlDK1vKbbqmClbtrSFKJMfQGmKIs3KwLhBPep79+f8B4T"
    "FQkA=="
)

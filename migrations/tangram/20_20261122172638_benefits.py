from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "tangram"."benefit_account" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "benefit" VARCHAR(63) NOT NULL,
    "record_id" UUID NOT NULL,
    "balance" DECIMAL(20,2) NOT NULL,
    "level" VARCHAR(63) NOT NULL,
    "level_since" TIMESTAMPTZ,
    "level_until" TIMESTAMPTZ,
    CONSTRAINT "uid_benefit_acc_tenant__d61119" UNIQUE ("tenant_id", "benefit", "record_id")
);
COMMENT ON COLUMN "tangram"."benefit_account"."level" IS 'empty for none';
COMMENT ON TABLE "tangram"."benefit_account" IS 'What a record has of a benefit that is counted.';
        CREATE TABLE IF NOT EXISTS "tangram"."benefit_budget" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "benefit" VARCHAR(63) NOT NULL,
    "period" VARCHAR(10) NOT NULL,
    "given" DECIMAL(20,2) NOT NULL,
    CONSTRAINT "uid_benefit_bud_tenant__771b75" UNIQUE ("tenant_id", "benefit", "period")
);
COMMENT ON COLUMN "tangram"."benefit_budget"."period" IS 'its first day; empty for ever';
COMMENT ON TABLE "tangram"."benefit_budget" IS 'How much of a benefit was given in a time.';
        CREATE TABLE IF NOT EXISTS "tangram"."benefit_coupon" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "benefit" VARCHAR(63) NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "record_id" UUID NOT NULL,
    "code" VARCHAR(20) NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "value" DECIMAL(20,2) NOT NULL,
    "issued_at" TIMESTAMPTZ NOT NULL,
    "begins_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ,
    "reserved_until" TIMESTAMPTZ,
    "reference" VARCHAR(200) NOT NULL,
    "ended_at" TIMESTAMPTZ,
    CONSTRAINT "uid_benefit_cou_tenant__586c5e" UNIQUE ("tenant_id", "code")
);
CREATE INDEX IF NOT EXISTS "benefit_coupon_record" ON "tangram"."benefit_coupon" ("tenant_id", "benefit", "record_id");
CREATE INDEX IF NOT EXISTS "benefit_coupon_expiring" ON "tangram"."benefit_coupon" ("tenant_id", "benefit", "state", "expires_at");
COMMENT ON COLUMN "tangram"."benefit_coupon"."object" IS 'physical table of the record';
COMMENT ON COLUMN "tangram"."benefit_coupon"."state" IS 'open, reserved, used, lapsed or revoked';
COMMENT ON COLUMN "tangram"."benefit_coupon"."reference" IS 'what it is reserved or used for';
COMMENT ON TABLE "tangram"."benefit_coupon" IS 'A coupon that somebody has, or had.';
        CREATE TABLE IF NOT EXISTS "tangram"."benefit_line" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "benefit" VARCHAR(63) NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "record_id" UUID NOT NULL,
    "key" VARCHAR(200) NOT NULL,
    "act" VARCHAR(10) NOT NULL,
    "amount" DECIMAL(20,2) NOT NULL,
    "account" VARCHAR(10) NOT NULL,
    "balance" DECIMAL(20,2) NOT NULL,
    "coupon_id" UUID,
    "reverses" UUID,
    "reference" VARCHAR(200) NOT NULL,
    "reason" VARCHAR(500) NOT NULL,
    "actor_id" UUID,
    "actor_name" VARCHAR(254) NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ,
    "hash" BYTEA NOT NULL,
    CONSTRAINT "uid_benefit_lin_tenant__6f9dc6" UNIQUE ("tenant_id", "benefit", "key")
);
CREATE INDEX IF NOT EXISTS "benefit_line_record" ON "tangram"."benefit_line" ("tenant_id", "benefit", "record_id", "id");
CREATE INDEX IF NOT EXISTS "benefit_line_reverses" ON "tangram"."benefit_line" ("tenant_id", "reverses");
COMMENT ON COLUMN "tangram"."benefit_line"."object" IS 'physical table of the record';
COMMENT ON COLUMN "tangram"."benefit_line"."key" IS 'names the movement, however often it is sent';
COMMENT ON COLUMN "tangram"."benefit_line"."act" IS 'give, spend, lapse, take_back, give_back, reserve, release';
COMMENT ON COLUMN "tangram"."benefit_line"."amount" IS 'above 0 to the record, below 0 from it';
COMMENT ON COLUMN "tangram"."benefit_line"."account" IS 'the other side: issued, spent or lapsed';
COMMENT ON COLUMN "tangram"."benefit_line"."balance" IS 'of the record, afterwards';
COMMENT ON COLUMN "tangram"."benefit_line"."reverses" IS 'the line that is undone';
COMMENT ON COLUMN "tangram"."benefit_line"."reference" IS 'what it is for: an order, a campaign';
COMMENT ON COLUMN "tangram"."benefit_line"."hash" IS 'SHA-256 of the line; also in the audit log';
COMMENT ON TABLE "tangram"."benefit_line" IS 'One movement: what a record got or gave, and the account on the other side, which has the opposite amount.';
        CREATE TABLE IF NOT EXISTS "tangram"."benefit_lot" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "benefit" VARCHAR(63) NOT NULL,
    "record_id" UUID NOT NULL,
    "amount_left" DECIMAL(20,2) NOT NULL,
    "expires_at" TIMESTAMPTZ
);
CREATE INDEX IF NOT EXISTS "benefit_lot_record" ON "tangram"."benefit_lot" ("tenant_id", "benefit", "record_id");
CREATE INDEX IF NOT EXISTS "benefit_lot_expiring" ON "tangram"."benefit_lot" ("tenant_id", "benefit", "expires_at");
COMMENT ON COLUMN "tangram"."benefit_lot"."id" IS 'of the line that gave it';
COMMENT ON TABLE "tangram"."benefit_lot" IS 'What is left of something that was given.';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "benefit_line";
        DROP TABLE IF EXISTS "benefit_account";
        DROP TABLE IF EXISTS "benefit_budget";
        DROP TABLE IF EXISTS "benefit_coupon";
        DROP TABLE IF EXISTS "benefit_lot";"""


MODELS_STATE = (
    "eJztfe1z2za297+C0ZekM2wmduI0G997Z+zWd5PdNNlN3Hb7bDtaiIQkrilCJUgrut3+7w"
    "8OwHeRFEBRMiTjSyKLOCR1AByc8ztvv49iHM4ivHj2LmQxDgLi3ZLFMsAxGb1Bv49CvIAP"
    "HaMcNMLLZWkMfBPjSSDo/Gz8OC4TTFgcYTfmI6Y4YIR/5RHmRv4y9mkIdFcoG4/iOY4R5n"
    "+HOIzRHDOU3/QZ3MyjLr+bH8406ZLQ/y0h45jOSDwnEaf+5z9HcvTY92CE+PG//urAz/DI"
    "F8JgDPy5vBtPfRJ4FRZJGvH9OF4vxXc//PDuu/8VI+FFJ2OXBskiLEYv1/GchvnwJPG9Z0"
    "AD12YkJBH/IV6JS2ESBClrs6/kz+BfxFFC8lf1ii88MsVJALwe/dc0CV1gMRJPgn9e/k/6"
    "aqVh4/GHj7fjzze34/FoY2rgFWpcT79yaQjT6ocxMOr3P+R9C4aIb0fwgG/fXn16+uLVV4"
    "IFlMWzSFwU7Br9IQhxjCWpYHppIZYnSJXZFaIheZ59UTC9WM8ZOzOGGcbigqXi/w1ufjvH"
    "UTM3s/E1RvIXO0IWjhb4yzgg4Sye8z9fP+9g6Y9XnwRXXz8XXKVcgkkh9yG9ci4uVZl7Ty"
    "IGr6TB3xLJCbL4pQqLX7az+OUGi6l4I7bJ4r98/vihmcUlkhqLPd+N0X9Q4LP4CFndwVpg"
    "Btx5wdhvQZmlT7+/+ked29++/3hdlxxwg+sa64vjHceb/P+OMy72F6TlBKzR1iciJX6WfT"
    "it6bh99/3N59ur7/9WmZPvrm5v4Mq5+HZd+/bpq9o85TdBP727fYvgT/T/Pn64qU9dPu72"
    "/43gnXAS03FIV2PslXmSfZ199QfoOtO70jkMX0ywe7fCkTfeuELPadvYzUuL80X9GxzimZ"
    "gk4OYfTqF1fk9iDBrBO67cNaqllQHdGukiHTr2s7FbldGPIUEecQMcEY+rlXzG3yAcIjr5"
    "N3Fjh+uY4nfAB7nwULEM4Mt7n6wcTkcQI3HMqdmm3rqfRzSouDVt9vdRMQejJX96ribd8V"
    "GFEsw/kC9LvpyYkJvpjbJpqPB0nOkH2U4eCWL+svAH+untzacbFJEFvRdbH737jD788P79"
    "SAiW0tsUSpvW0yVZ6/NHfzx2BZ5rEXjN5GLhvxzxeYj4fAAXWH1dWs3evJNDQ7PP9rCq5p"
    "mNt2qngtpZkZaq67VCZP56HYFIRX6MJiSg/FRBMb0UkkPuuycM+R6a0oh/RxkXJdPSRU7G"
    "SDDdv0ixluxBLFnOez9uNGWv/dm7MG5Z8CWqGpv90CATizPB4+cgXvBlLhYxrHwGK5py1U"
    "xuW66ReSiTkQoTMoPX/fpP5+cvXnxz/vzFq9cXL7/55uL189d8rPhtm5e+6Zi163d/fvfh"
    "tjph8EV1mibUW+uYwtn4Y7CDRzjmLJ8kMWFI4Llc9eXzkCwIqMErn/+CJEbACTFV7twPPD"
    "5xO4ugvdjOy/ma+S4OdARWmcZkoSXNLQfJN0f8gBD3v0Tc4KcuvB7fVi4fcEeWcQ8NtCrr"
    "Xr1QkHWvXrTKOrhUg5Qif+ZrgXYFhdnzknlH+Jnuwj6ZRnThwATxC/G6D/eHP2kkL8e6kq"
    "xGtpNAS02vfU8HvCtIMqk1pVPD5v5yyXeIH5spuNyIAOPGrdB2qzLQQGmyTqCuesmT/vzs"
    "5TcvX7949TI/4PNvus71zTO8QEd0QdUq5QCQ6oE2wtz3PBIi5vNT4RItk2jGNwCexvxgeP"
    "EceXi9OzRxFIhr0yrQ32cNlL322WEm/8G32aThmGk34atUO9jwhnG3vwlumpvgx3TZd3kK"
    "fiy2hoqzoLST1PwF/KaBT8AG4bclb9BqTrmFMich/ItjRL7wWwRrBzGaRqqEa0RwxIkixG"
    "LQA1wcogkg/Yslt3gagl32+JztwTEZR2x8jI2PMVUvGwZV1D9/j0S/HYHZkb6rMEGkEEEL"
    "7BEtiGuwE5nrQ3Maaa7eCpE9jxs5qouM18hMxjR6AuTnFy8VcAs+qhW4ENdq3NY22Gzsyx"
    "FYYgvCGNc5N+f2lnxpOQJKJCexebqm8+Yft90gUz6b7z9++HM2vI481UAmcRRpBfWVSI7C"
    "mQGvAw6m3+nSQb7nCNeSk/qaHOHGcLhiPqUR/19gIQ76JTl/fv7qDzOBwWWAG7Sk9gnLxh"
    "/FbLFkscDR+o00msDjxLiJhaMQoq0cBAo54uZV5LM7c2bHFMv8byT0OC9+otHdqMkqL193"
    "Oi3ypRw5XmVDFVJJWEyWiIKzcOLPkLhVlh3ybzpBHgV3osAaCyW4cCfOaQBPRMkSRYRrxh"
    "ETzsVV5HOKhlC+AzzPpq5Y09ya5m9OM8BN3g5csvc48L00ZU7XvDl7pWDdnNWV6sK4gUun"
    "H1xV8LpgJoSVVELcmDsnC9xnEoYPTICjRUfFysYfhYolQpIFs1H23maoUU3eb31Tv0ppTX"
    "6jTX4cQzxG3GCAtqK+ZRKTYd8H87cGmMVjEkU00kFSqlRGnyYihkp43yC+ClLOQxrzW/sB"
    "UYwZPQTMYopReCszdZrswds8iafDFCwyfdRcsm7CYrrgVlcapg7RVlMaLaTpxY2z9Ozhl/"
    "2YIboKm12uPe+zPRnL2mcPap+xIJnpKLjZ+GFE0nYe9xBIIhSa67M/fHovUYSY3pGQXQpw"
    "Mc0B663dDp9Sc4omRl/31HMV7vJR7e6p5xv8BegyaVBpOtZ4TmEyj0dc9vv3BOw4ljCACF"
    "XP230bzVk6rpbNVqI5CrvNpct1dhiKiOb0s0ge458BdckTkx2RL/Zb4rt3At+E2dlV6O/F"
    "0CsXLFLdLmUaozdMOQ9gxfXUqR+xWAR+GJkRcLohOKmSmAUaXqJZRFcMTdYi70wolIT/ln"
    "Ut0E9xWgY24MiSuvPNSejK/8tJjJ4FyfQSt9NIKD472czAjoj82TxWTVF6kOw/i071OT+O"
    "Ap0yxWy/cl3C2J+jNtu9fN3pNOCxGDmeRcpm/CexAcG3CtIxIi6NPHFWpQGM8hsmva0LQs"
    "DlypeBJ1KQHTTjSiIfSAV1wrgJD7oIRmJpb9j6+3zYL+Ev4RUSv1w4fLnwmfuBOI59BrI+"
    "ghwDR+BHEbnnVpsn4QU/FOcF3MSRfmF4OifjSm8qwXwJO7kBZcQTKZdSIcPxLyG/BnHeos"
    "xM6ufI4xlSHzW7Y8/QVSYBxW3Fr6UrbjbCb+H3SHMg+hSZAU6k7kxZ3QY+SVYq1HopL5kx"
    "3EosqOZCL631ZByBkeg8CRRuaVKoPWuCY3eu+3MEUcczLDxk3fdHcJhquO/zbaLB0TKN+Q"
    "wVPk0XRLAQrjN8DzI+RYopyMsD1FwqGF4Svqr8LpGYz+4Dr9/iAFMFCAoKs+EBvmrlqz5h"
    "aQCbDEflWorLF24SB1y7YWYVbSiUCI3lXSEyPnlEPFHqkfz/TQVUSJtMBT2kYKk8VNWzWy"
    "HqtR+OJ2VnL0Hy2G2pfHsVRXjdEqVQ0NRYbhaqPBTT//nrxlIFVugxLdUHTedZ9ttqcnqw"
    "6o6N/GRzvNQCyXMCo49Az58RmZ+Ra2/c8CW/JTgAy1mYbHl9sCgJekVpnivloHWkoG1koI"
    "mY0TFg+LoAYJXSAoDGAYCb05yEsd9QP0xlnnPSo6kR8yjnWUzTWEJ5mxPd7kOu0x1DMazf"
    "s2rXGdSa64d/vEnhTYisi+dcDvvCZbbzgbYXx3FEMNNThAsKk49EY9XgiJ/KBABa7Uo+VT"
    "rjzb8DwxsFf/oUIqvSWn3C6HMm8zhp7qAamfEbSOInZVcbDQOowHhHRB3rQ0ImOe96FI2o"
    "kloVzuStlbpve8nQMqWd5WOYZV0NpExlvPg8sP4h4ngbOdoOLpVpDIaUR3lQR0SmCYMP0l"
    "hz+AvgkE2J4lm0jwBmUyKNPtGAXDHmz0IITxk1BRvVhjid8UYRHzzG1dEK5SOADM35K5cC"
    "eKAwC/M9kUNR6nyBXZcmeesLrTCaWg2JwzxUM3YnfZJCYEuN1eOUUkyHfrQO3E33iYKm/X"
    "E2mMYG05zWaVnanBo8rVJZptYhkFSKqKof2fiTwPH2ne5nkK/qUGXuRagvvDecyxBYfImK"
    "kI5YNEXZGYM4OtvpETqz0pUgXlwsBQdSfkBXgyNzghl5wsAicHcvJnd0y4HRJHL1IgpyCp"
    "Pl7gh7C59PNAQLQBoB8O3hjDzrsXrI6qY2TesxSLJssvRAwSqVBQXrssrC6ae/cyycPszO"
    "MQXKvUo8P/52Tty7JfXbEkdrY5zu5FEYPXarw7eiubdzQFWxJ+I6ASeFHqJxjq8Ceki8rI"
    "7THVnLwM+yXi7L90KCJajwm9DtXp6gidNWgDJGftuahljj5RhonGGw067iAI2gU0NlgHQ7"
    "7gab7hMoOWCuv8VUD6hspPtAfUWnBCYXuzByVRcsn2PWWGIkxFFLckZGUWP6ZB3LlIcjY3"
    "sXB9MI1FyD46bo9bsPV59+bjZGrxsiVq9/vr25sm1rHocS3QzrdLgvjgLW4VIWBzJ2gh9f"
    "whFKI9CleiWiDg+n8TdpPIU76tLnFEbzXWaV3V59+POnq+/5qG8/8YF/vfk51WrN4D68C4"
    "6TqAFB7jpFKmRmHyWjt99fffv157dXX59fvNrZPzDkoWKUuXkTxtF61GppysuOgpFJ8pFb"
    "7cvPdEGgSM9MmnVQWs+jIdh9hAgplYZ7PUNXS1mn0kEhlBxLY3a8S1HeZxlgl2QFeqQNCW"
    "WBQiTe/L0f3m0anod99C4WqUJdnILv46LMc4/IIT5ZeWtIvccKyp5PLao86D2zoLOWt3k2"
    "irW8dz1qdKKZTsEk+fxb8J386+kT4cwfwyuwGC+WT7968pU1U6S6fIpNnPihyw/eiB+vz4"
    "SEfwYS3idM6h5/TX+CdtEclXoBr9rrBbza7FhbOiDVYwZj22+5TW4J3ugu6SrVAy/sXY7j"
    "Pdt2kk/azawrVKfC3b00sD7iimYNQlhWLkvTJLLqAiKdIuvZ8oShbF1or26lDg1nHR0azj"
    "Y7NKQlvTYnoKM4UYnmoasTlRSeX0ZPfv/jyZs3MTdf/vnrL6MGbYdbIaKCTlbCFuzMCU12"
    "L+vQWKdIDswLISmzN1X4j467QwW/bTCSq3ZgzGpJ4ILEPCkRkhi6CaP0JTN5AVU7+2Xh7U"
    "FLm6X5asoMzwjMY/cPXC3++greb3dO76VLTlq6QhPCr1IZx/aeSsbwS9kjMW6K82+vZVRQ"
    "GNINp0EO/5vRcNJ8yC1oRER0P6j3kIbJ7UI3Iqp9JDr4f3Jt4nOIedSK2ourjgJoH2QDlW"
    "LCJOoNIVshElgsygrtZ12ABRTeHO6lQ7y9dbuI16ph6a24r8SNddHfMtUwoSoWBLYgsA2/"
    "UkIGzxx07qBfkvPn56+ylh5Fv3FZGp4bQWiGl0a3GlpG5N6nTe0Eu9zsZSrDvewQV5apqH"
    "CaoAmZ0mj3/Mx9RXGdauTcKI10yOZCnF6OOGDDZDEhkexsCnHXMGMGzpJR+tUPoQyfatex"
    "8hEqelZSHrxV17qRXpC01VBERJi7FIB+VNOX0JrEmwpXrzvsEq2QK0tKjvyMHWMaeZ3dia"
    "xKZ8qRZlW6Pat0poi/a87wqR9fpbWImuRfbUi3AJzIweXiRtsl4E9CbqU1juHEkolC6b3y"
    "QvPijk2loXrQb7c5U2r4WGrFpmqE2uAjK6SOXkhV+pIV20EV/i2RmByX0hcGPq1mTaYxe6"
    "BViwMcNhVO+Y64/gIHLQu3oKrD65LsWUp+Wnz97ubbd99fvX96/tw5F8zlppwfk/J63ixY"
    "FZB70uC6aJcKOYHJMmEkGr2LElRQI7KPH254+SA4N2Z+84LuDAStkdpCDyYHf8rJ6lX7q0"
    "Zq59m0eTbM7rtOPG4AjTrMvnSEo2T1TYrBW42+t3SFFok7r9pqkKIju4RDjYiWLuR6pFqm"
    "3pJEPrV2nrXzjFFFrJ13aEbuW49LZYwGhwsKkxk8AvfT1I9YjDy8vkSFDg0plX106DO1cO"
    "KOaOI678UBoWkO5jTWGGwwBg3TaL6lyVIwoVWjSUeoaTRuMVihLYIcLQFnRhdkQr014NEi"
    "wn6OG7saKNFs12Fc6pENtaXdg9eMbjud3rwqT8aSrsOd15UOXHo+i/mGkaRLnz8bihHqvY"
    "kgBIa2v4uWAmd7G9jeBlZRM5+R+1bUjjjzq1tRW87XzHdxgCrZYIVAf3jWW1/I4AJDaAga"
    "azkbb/JK7psnqpYi05Ehs1FhKVNiVLmbE5jM3hFdQhsGvqYgbd9zkGzLFuAl/1/WzxHVhc"
    "2w7e5xkOi6+nIaa9ttcfT5jCW9aoxXCI2qRWJdEnXX04TM/JD1mOQKoZ1koye5ZGdrznKV"
    "0noXTZ7l7NDu50jepLazbfZsT0lEGiNDuvKzS0RG66GlchjZygT1E9RR9R71B8iTl62Wew"
    "jWEp3daKZtNMNcHO/9kIw6HBziuqPk3giyoVudGx9DgqBJMjQSfiPL0+QR9zMaw26c4XtO"
    "mCWeZS2YqUzlpOC3QNCq2UGyZjLE6YsrSz5H3PxAeAEEmz6Swz5aK1zkjqx3dbo4KhVRy/"
    "O1m+MlAl8s42+q98SUqP2Z1sFiHSxHcN5YB4sOI62DxTpYrINFVWCAMqCxlNPhRq9jURpQ"
    "rN1MAXPQnK5EiXw6jSHWVhhlLC2tZoQRhvVECj4CeQIhaA5i0KMgdb84XLTckTFYFo4Ie0"
    "4/puYxfAgIZj3LeA7tmpH6taZvpiA6FucMt6P4NkHPUUxLAt9BExLQFf9adLn3dy/m2cuB"
    "U0rJVt8abssUmLU9qlbeGyRdTnLDCPtQeizN2AuPJidxVFF7uHnOD4wIYJDdy/z12gBptK"
    "CeylMhspXdNxpP57iAug5Z0BjPz1Fa6IrkRSSS0FNOCB2KyY8F2p/S6A0UjBR1ghxoFYwX"
    "S+zPQmNUy1NtH9gTEbhQ4vFFB48vGtV3235jQPlxAg0i9hIDuI9eESfRosk6/WzEzGOc5c"
    "dSLBT02UvEb0yznpaiTiMK6GxnvfYUS4RmbnXaWSgBLjtqTneqUxeP68UBmYrGEGyznanI"
    "TW2piKdKuUsl0F3yCDkfBksi1M8dhKfbxMHtwqMkNOTigViLIUBM6+02yUqw3m7rcj2+VS"
    "tdRGM45no5l3LKY8HUHyz9x5pAp2oCmaJm39yTlgrU8kq3ck3yMUqhrNh1yZKvMLSK+NJ3"
    "MkOIU4YMS51JKDsL7IGy8yY1kWDaAxFnSpN4Qr8gDFGmbkONsn09ZBdlvQie0gw/Fcwdz3"
    "0W02g9lLJsy6TBNVsmzRxxraN4nALQW2ra98QNqHs3hldgMV4sn371ZF/9U4/hTKyE9Wk2"
    "LjekZXm3Ve9GhL8ESpaw8JBHAhJDoAYIePiTvyxdowWJZiRty6Vm7ldNqBfnCibUi/NWEw"
    "ouPZKA4aIb9xOWBg3Db84SVrgiEPj3BLLf8m7N1qA9xXPFOr/3wE9dEV6lMllw9AS3zl6p"
    "RDXWT91SVOOr5qgNG2VwiCgDd84N4Kaou/aG0SWSo+wY/bv8Kdyskb0M02jSX/+4BPeW0G"
    "bAcEX5OHH5j52dFIP1k67MH05Ywza5iiLc4mjOKWqTZ8KsTfwZZ+Q/f22eOAEdpK0JA+Kh"
    "ORmiEaUwg//562PoUp+9H4Sx/5tOHFFQOaCzfjrg4L3rIZjXbwqJbMV2ShQP25T4+Sav03"
    "fLIiXy1pkL6smmNcqQz/nZy29evn7x6mWO9OTfdAE8EswxCpL9e0IEm1twWXnZ2Q7Ojn/L"
    "R27viVqSGjKFIMCiKrJobcrPMg9kyZrElwJbhUQ06BEte+HeizS1iEDKmld8Lw0PiIHgsw"
    "ulyvluYg3NVA/26F/CX8KrIkMUvqerELKFhLhHCxzdAQ3mN/IEfCzWt3wKiugK8ZfKXmhF"
    "kyAFmiGaGiPGnwn1EDraYCgDx3L+VHFiMc87NHvNHrYhUjqbvZaobLNXCxybZJCaIs7fCl"
    "kRfc/lSqM8L1/vFuhS6kTjRTZ0q0S/BfE4nRI3TruzprcQ6gxGdwRk7HLJl4T3Jhes7Q6z"
    "O5mWvNiU3/t80PbaMOnD4GNTbRjrILNy7nTlXDWYOt8IqoZYieQEkaAzpVyps45cqbPNXK"
    "kTLDmR69Hc7PI90QUFvgK5LcQ5V52FYk2TGOVBH0YkB5rtE1aT6tYlbHqY1F/opFF5g++7"
    "lbZ/pyO25x3Q6C5PeKYrUJRoSCqKFPydWruwQCLYprICA9+oz9B3cB2MXIQjktnDDvII9o"
    "CUIb6i1g1pCwd88M66XLu5HHIzNw133G4z85cdR/z12uOq0E9vbz7dINExAP03eiJGP+lO"
    "jdB+hYBSiTBrvAK6+vAd/47/sYAvt7yS2nsknMHReIUV2fHuA3r6BKoPPXH4WyVhyFcSF1"
    "OdLyLfWP2VivHd7yP48F//wxmRMgZeEP6G1beFOaW1pvZScE/l6UpfwFof1vowXWm21oe1"
    "Ph7Q+igK3q24LnJZQPiZDpIVIQdAH4qQpyVWjDBAioNKdUoKCqNnRSh03PoD5S49Z/lZL/"
    "4UxaBBExTh9cLpcAk6oWg+a8zMZN6JhpiNDq9/heroPP+lwj54wq31ckNgobrvXgasJQ5g"
    "idcBxQ3HaXt8TIlkp/iY4wmi20tky4m2QRPmjiOqnDootTJAyGRKuK6Mea0gYV63ypfXm8"
    "BTDFurQbi0avBlEtOiMHTV951CLSqrl4RNErqVifl40zg4EqCd0Fm4jpIWIxVu+UsUkyBg"
    "EB8Q44AgPozhGT9GlzhSRVIH5noJqtDBTktkRiXVbNEvaYxkBOPOh99RoKa17dVnoktkNn"
    "nY5PkFi0nP5i4ozAu7XEbU5cJRwtH8zGfKNU/2HXIp6nr3a+tWIz2a/cSNCRLCoeUHEPsm"
    "1w0SxakZRMHNhqjJenQbLsAsHpMoog2b7pYfjy1roEJl3MYbRHTe/OO227apFCHLhtcNnl"
    "rUvkiZ7NPdrUpplLZi/b2m+3tvASoZNXl85RWn0+cb52O2en0/FzXiKNdRkVeB1y7R1I9S"
    "wBNaUEC6MBZ+V35AhiiEqt6bDt2B7rndV5vl6m111Hr8Pqp+UcG8sZds9YuKn8Fvi959Rh"
    "9+eP++29fX6xXGdDqWd9n5ZbIBas8Wo7We+fE2fa71N1p/o+lusmH8jSdZI6Ls9sqCclwc"
    "BH0bqVgPpJ4HUsY3gQfSD0V2EKyaS8RIHMOJClk+M85s0Zqrr3V6dqE0Kxcds3JxSn7IXY"
    "T7/t2IheagY34UVEaZHhZAq9vz1m/5UH7LXCXW3FpluqMB0x7l3rLozaOaelPQm5/IZE7p"
    "3XcEyndF61ETjlMf43QiOis5mi+D0nClmqeZrzcPow+9JfUhpEFEuYl4HZe/m0xGby5p2u"
    "MeOyWep7dXDiGvc2ec3aEVwdiAR0r7XfdhKWnHs7QgkRNsJ3AQu9xCH3tncSm0sbpFVZla"
    "I7NsbYkY1QNKd66CYZgGekjAtCQlgGUbfG9HL7LxRuNKLHHn4Cp3ExbTBYmeydqv/bC8cy"
    "XU6LwDNTrf7ItMvQYwr92PnY03muuA44HBmQOozJ+FxBPV3WU4KTQLE+oUfFCbjEN7vk80"
    "qnfJzyDOZsgOFfpbkSgaIXbnL5d9gW4lnFujY/hRx/cOexIMF+vLl2iiFeybExh8sI7e3t"
    "7+DclXzdv9YRajdD0orueBeQ2e/dBdjxc6/K4SGczzB1vCXHlc8ic0SOb2Q7NMY7RwnpCZ"
    "n+ZZlJdxyFYynsW8U1I7EM+UGDyF/uwrEXUZUahGGPeUKoeej7SdqaonJR1uSHXk7VolyM"
    "diChjAHJirk1L2y2gqKT4dJBbaH7/uPE17cb1EiU7x2HS0ySrNaBbRFZN4KESwrRHXLEtg"
    "7eEPipP0fVgXV93FlYqCXhNdp7XOTJNnOjdY+0SD1GjtTJs204b5Lm8yD1qH7/Km5GVT8F"
    "2WnXLbfZdX6IdP7zdKsmeAWkwDDy7KRgObXktt6u3+SuvEs068nSstPjyHC44mUUMmYTu8"
    "mw432WztHbX5UqU2AwzriNt8uVGhofxyGoyukZ0gwy+UwmQvOsJkLzbDZKd+EKflZVSt/x"
    "LJUSAA//xdHKqOiAnnJj70evDh4h+/ZnV24I2FY0kaoRq1cg8NAfihGyQeGcuqWpvTdk1p"
    "QHDYcopuENcmcMKpDZo5KBoiC4zN+a9KK4k5orkIDYN1GkIl2nUpup+6/N0fP76vTNf1uz"
    "py9sP31zefnp7VGsFvggiitBbRnZ0SldnTgvlt/ADw5gyrQXx+PCaANBHrNkC5quFmgxE3"
    "Ig22XzvaXFCYfIyMXH/Jle6Y/wwzUeVlRO59mrCx/gw0kB7JVGTmk3xxlLXg0yuz92Az1a"
    "tSxib10QAlI/HKSJTM2Jg1EYAiamasSKDY0uzYAZVquCLMhe4xVqIy+hgbwm4c8JTyfCb4"
    "BgXOmabps0lqtLBczdfpZou48oCy10d+rCsnaz3UlQykFx0G0otNAyniS12vFGlOYVgZUu"
    "wt/NAH9sU0gpqkcFx1ViTlk7RGCwxeOeyhCU24/SSVbojOG8JGguNpoyZpql2OmZ9WDNZK"
    "M6sTH89ZNPUjMEP5D0j44SO68hbxAyxxocbW4zuFrEf2UU3zpCGwuR2qrlLtgFUfj19OB6"
    "uWYes9tk6V0m4do7fOEfeVNihc1BRX8s2XJY2aPcjpJae7gXQxaKu7+JNAVMHEveP6t+j6"
    "CfWOpz7A5ZB3MacrTpu2cth0GPeg3yXFVaGrsvjxY1C1O3NLa3msnMznt1TIY00fIAiACe"
    "2PsJ5v6/k2RT4OpE5wg12ToSUSy866l2jyb+I2aGbtQE9BYTS+AzarfFWIHoKHI/jNDlrN"
    "fXeOaBKD1wg6A4kCXn2gnlcvFJCeVy/aK0W/2HCE02jRpCe3z0ZBYfRsuOweULUvAfvSh9"
    "MD999Y4niuB6elwn2TzYaFGfw5wsv5398j8QsdoQiBVrQfiIz/kqjBUG4P2sgJjiJk4x5H"
    "PjwyT8wDAPINkpEnjmxddS26zODIne/MYtvfRwO8x34sMoHT3j6OKFTsCNgSsoLVy8vvVc"
    "5E3IQWNe81rOIKjcl28WgV+THXVRGjYF0psnvolErOrcBf+LoczmlM5vCDJapyWyx0s1oT"
    "Gl7XCp3RfldQDyOCVvDPArzsIgVMVDEXzo5seZjimNX3xx6RG9aPU8HdSwkfvF1LWjJtk9"
    "ntkUIlEpO5PQgwvY/QnxXE7C1wdKezwitEJ8H2emy7UmR7R1x7Q5w1GYs/NNhcITpJNu+j"
    "s6//f2QMBYIazMyuemBVuhMqonHgimBTErvzJua3cr5EYXVCm5M+1Gl5bG7cKURnzXvW1q"
    "6QHk3I06Oc55KzUXOaq5R2lk2bZVNCCH7K1fPGPPSy8t6VgV4ZtzWW4Kc5ZQSRNYEIAJd6"
    "3MTHDC2wJ0o2vhEdKWfh1374hIkwX27vS2f6E/YM/ZUsZQLejFLPQSJ4EwUE3/GbRXCDJP"
    "REetFmDMIBn7u9txo8f6Opmo0EsJEARyBiNVzXYplvcLPdkM3Gn6QNOzRUcJIN0u59soLc"
    "0AgV8WkP7CKy4SzDRwfpIlwVIpMXcF/pcKGCkfNR7fLhYgMlT2MQNZsIlIlsoHy9arSuKW"
    "YRFWuDOV022P/64vduml/igtNpeU2zIUq9ipIltLWD+GtO9gxdpXUynjDxhQjD9heiEZF4"
    "dVGrQfTI5Jt+w5oa4obbQ7zrVlOpjZA1lqyxdASyUONw0dWJjkEdGmGWiwnZz4wmAKQEHo"
    "mYkBCclXFEAyjPAyIsLRilrz9dKOlPFx3604VBHkLTVvjDuAhhbUDzJcE7jZ1RpzN6h4gj"
    "kqGJqHXgR0hmd4vl4yAKB6MoLeIRN8BRvwCcs/OuuSh6C33T0Vvom43dMcfnF6+adkaIo5"
    "YY7YKmHnqW7RYzJmUIyX+dxv/mCjBn5vW7D1effm4Ow7luiBe+/vn25mojWVeKU80M6BqZ"
    "teys79xaeoe19AK6euuzmLb0rC1fd7rtPj5yPC8NVXC64RjN+S0JdEqLKXi3fD7LOHT56M"
    "Dn1txkLf6/lCUTocAlEuO5zGhypu18P80E3+zuyim+ZSaNM2rBxgHycLvUP9VWkakc3c2W"
    "PBGdzxqaBzzraltJGSqpklm2WnD4VFWGyrTq5V5j8xOvjfFgh5rhAeHphgcMn6ge0zuiU+"
    "snH39KgNVw+XaYNWS+tDMzHW552cBLLiKbujq2ax45gUUtaqVBktilel6DEokVowpilDNr"
    "QZrSw9tTDUskJ8HiQ6caxlSH23K0ZXQPRntQr3ys6d0qERmc/Aa9GSiUIY7TAsVI6DcQWA"
    "hnM5pDoWIiq7lHqoUoDgaImARZvsugszbM8l0JW9sGWpZxOLWolSgJobgLRkAvQvBpmLV4"
    "aQ5L2UqxS2nBorSWvOFYEYjMwZOip04LDlkrOVjFv/it4H/ZkVjvwRntEPCnjaex8TTGK8"
    "fZglfVjLPxJ6FK7FstDpPFhDQYca1qQ0Fgsk2cVTzO6omJI0Q2No3hYGFIFmw5vNF8slUg"
    "l/M1810cpBUgOeMhRLQ4Jh9+rRcnvYZsrhBZ2dxQ9C5pMDy6q94lTVaHUau5p3w+O1eKz+"
    "oIz6qvWT/0Yx9r4mwVIou11SuSRkRbQ6sQ7ZWjA0QG5B5eeeJBBUcm7KcBCq3pM1rXf1En"
    "M1nNeDDoPWXSvc+06jHWySxvG3ibF6PdZGx7vd0K0THU3B1C6u6ljm5IvjRL53aTpKCwC7"
    "qxxihuavLZUYM7pzC7BDfEEUCDOigtuiR0yc2OOb4nCPJP9lSIG/Ol21SstYOZBYnZ3MSu"
    "KIacQu2SkfmrD89J6HI31nTHV2jsXm+qxie7CWqV4yuRmMxTGdlSXp5apWyH1hJOtQnXaC"
    "YKNEOOHyLYnXOLBIdcX/QfCjHjtkzUL6WjSmnjM42OzxQZBX2K5JXobIk802bYJA/43yL6"
    "pT1lR151tvu+l/nArY7vz3RBJtRbcx2VisbKfLRsmxeKjFD5GcHSFB1kVnMouCDaMEM5Oh"
    "pCbbp7cokmfLj4SvSY2fSX7/NBu7jZBa/Sz/c48L0x1zC5aaHi8Za0dFowvIenPVVqd32F"
    "9DYdL2H97tbvfgSHhk4eTGXrqMf4lqnMZ+poJeqJglHJcoF4UJi8JCKV3RElmuNgcX4owe"
    "FDguCQHD7FAJIRnYpwOBHYgAMKCbpksYzX8qRXZfC+Xe7ywJ1GdKGr1lcpre1mnGa/Oc1S"
    "r+o1zzmpnWijJ5pbE5qZfua3OOwZ63Gh1MzmoqOZzcVmMxtbvuRRbKNssvRK/1SpbFxPrU"
    "ruY8IPuUpNQohlhd4H4hegCZlCd0WI9cle9fQ3lUnw4ueYus0dOIqrznZ4keUDt8KLb7nu"
    "T6fQGBaaXHgzIvNlvAivxMKI8R0JndRBzhcL2GD8ROZLRV4StgJU9NkEFIe99fZGGpnNlZ"
    "UGgEfu1ljDlvaBa7a0z1EeZqcIWZiT82LLleyPuUJwbzC3VRJnw42OiFgG2CVZKlH2xg9R"
    "u0SzEgy2IdRVbpqkLt5CGFubtnibxrhtUxazWDjFypE+k35dWMssdRm3FIVsHdqoy9Vqyq"
    "VJgnX9rcNNy6BpGxEbq8gQUszJBiaMy3ewLlrrojVcmg2jJtoKkPvp4HCaSdEPl4BgS9gN"
    "yE1rvuzRfDnFZow9mTtw+0WbKl7h7p8UuPunVu7+qc7dsvqrHKpVorHepJojFoeeD26fhh"
    "XbketVJTM632sIhgLjNhK7BFqicdrn4+1p33Dar4g/m+vkeBcElp9N9XdEq4sefuIKoY2v"
    "MM4VXCmImZAeM1xQHU0cwOOcXRr2mt6CzM6v8fOrFxpVIrGarK0tfmDQwCMBmfUI6KvT2a"
    "VbM2qnsRYMm4+3mq+JDk+B6rZ6PDPMd6vLMx+oVHda+u5lnFqpuR3y2SWaQQZNFkm5oPcE"
    "yoI2F6Pud5sdfKU21s3GupkuoawT02C2WiemdbsdjQYtC1PqgMY5gcHNSx5srS7nmGkt1p"
    "zgBFfr0H5MP2xyb2ypRJURWeDYaOhJt6CuraTb6Wux0NPew+2/LElW7VQ15L5EYpdtU1/L"
    "KPLvtVhaorAcbdJHSOjB8zY42hFKUaI5+TiKxgK5fkwaqqa0i85s/AnKzRevFOTmi7riUM"
    "hNuFTX4pqsuWtKA4LDNh2u0aCbcJojZHAXMvbx4/uKwnb9rt6E8ofvr28+PT0TDOeD+NJr"
    "3vgAH4+b+oC2L+MSyQmu5OE1gLR88yaL21utlkhOgsVbJGtlLfftt2qSJ+XHtJJ0my/lx6"
    "LS9DZvSqko9XZ/ylVaboxllSeWyYQfxnPiXaIQkv2RO+cPIh4Snjj4tcxBk0SWIv2Xm0QA"
    "2vxr08My5I01ag1Yz4uONmg9L0ch8WyVATPO5RP1v4zOHHTuoBfol+T8+fkrVKpDWRfrh7"
    "EtU+GvqcyXqIzW50chWeXRBgyJjgZQrtuPLxGGaAMWC/7njbLVJuEw2v+j7HXKFLfBnsUP"
    "f/ps1iR/2plfIjGa+1w5TjAnkvxGXANkLlcVk0C1Lke1Z6cKtnDWji2cbWALXGGFJ21wvg"
    "PsKkiMxrpEuiOD9S5fWPbikUJpgOaSjTAYfzfRz7Sp1067iVulMno55/2pud2TddQzw+Y9"
    "9cqvo9V8vWFx9pEhe6kFm79Rj1yHOq11Oxvtdi6mSy+AvE5nA8hrKH/ClqI6qi7UX6Z7YP"
    "ugBYsL6YZZAFgYHCawodGEpM6zhzQGjAFNabR474ct9bayi043XMqHjYNsnAJWCmPRBFoy"
    "+e4c4XCdN2iaS6Bz6gcBA7ON35lPZhMs2usezQgohM2POdV8A/Csw6P8VnKMLZZli2Wdzm"
    "FQ2gGbp4Ef4qitGXKFrn4arNNaD2awdPT57dXX5xevLuVBAG8O0AQJplDQL6YBN5fTSMTd"
    "zoW0mXd+LnBF9vrdh6tPPzfbGNcNzb+vf769uaoj0iB7NKyMbLzJVoYxiPThW9YeqBi+QC"
    "F8UbNy6Ych8fhKvxQ34udiEEA7W9gOKeYLeOnDQNXif43VnY0/wdV9rmQxn3dYzOebFrME"
    "BDUPzQqR8QZUutaZUPz4QvfDdKEv8B0BRRD8BeAQkK2bh2gEoVM1iQqTpAn8bIfqKkQmL/"
    "URoHNvuPYtZ4ARaHcAUWEQi7BG0/zXGQfewdZjyWThp1V01U+ABkqDT4IHC3Dtx9whGGuc"
    "mB88dDgaz2mi40gvk5jM0/L8Q1J59s6HZzL5svS5VO/TPalCaevqmIwyR+SeG4R93AlVSj"
    "vLJs+ybSH4qKbZthDcMrNbzBeTXBSfc31g1OaoKA1xtrsrWHX0VqfFLZg2qTMBnOIlIxMA"
    "FByyFYkYdEgXf0vT+QmTpg/bdGAMcL/t4dx3ZK3k0nCyhiK1iwUAYJ0e1ulxAiLNAuo2xH"
    "snuzTtdFZC/x+gdsCpxg7nIcPFiafI4T2v5gdFz00THcNIXwjf0GRoicSq5/X+h0yXmyUS"
    "y81apxvSYDl2NLohTSajmmg9kGsslalu4JMwdhCjKHMMuzSBaHX10IdaisC5irOSj2pPEj"
    "jfcFYK2yzuh9TUaS1WYzRWU0yXHlpTp7MizCy8pjMPv3Td2Y7U6ObhA6LSmC7PvylnzDeA"
    "MtrUChn1qdVoM+ptRv2jVvgt3GLhlqMJrTjtzPkhdr7Nhd/K5iY8y5AU+JPPHIZ4RAeR3x"
    "IciOSv/NNCcQZsEvGDHY82ZdgoSX90mIJNGT49TOGHcIHZ3ScuxgmLR02oQnWE04krJGLs"
    "OCoNVgsAYXRBRJ4pJxe5NIgRghbyL/lb4LyHYdmBD/2R/DBYOwiHnoyQd/mry8o4LXEhe3"
    "lMA1ZRAyN+HxXTUbVmZXQIhLTy5SGjslPybBqqLB1DcRaZI55tn5Gg50wWf4gNW3pawkiU"
    "PitV7vSeB/QdT7PRKzZ65fiFcfmQK20YVYaWSCw7H40Nyk1P+apPWFqTDX6zk9ZNoEkc+N"
    "CWLyLwtSHmaR46oVcqrEpmdLmwIZY3LOONmmCSG3p8S0W26Twr/7bhi6lFBDM9OKSgMFkC"
    "DGIC7gPxgJwunZTAfLzJiDV/yxUKaDgDf+GcCkVdNEMVebHcJInovXIhtYFB7XufrHQYno"
    "83nuF0ypVFdI+DhMiQeRk+/6CMBpOkQT3r5nZOZDLLH8wrM+ES9248CzBrWMadnpkapdHe"
    "mVGMRW2aEBJfyYJE/LVcbtevfP7SSZwKERzsfAwO6MJJzfCeGZRVWouuGo2uesT1vV4TXa"
    "W0qbLHMMt6CHqVyuLnteZ5Je1P4+wqk/U7uI6HmwMeSfyE9L1xEsZ+oCuoaqRWUpksqUQx"
    "2j7lOUJ7Fh3TDOudRGUaew6Z48e9ckXCyajJg5tdczp9t7g0SiEcfEkiRkPohMFPUbiZzH"
    "xZ4DVi/kyYWTEVZeGkv0mm30vEHP0LXCb/Sps6ROt0COLGpAd1E/0UUW8KJD/Yc7eHoJMF"
    "5gfZTpHn1iVqXaJGyrXKOSHW+QY72114OYHJ+P0ooCvIOsFwpyxxTz4zJIwhLkwo54kY0M"
    "d7d37xUsF9x0e1lxuFa7ac6yHLuS4xYyvwdTbX7G5n9AahyRwf4WhGw3Pfu0RksYyhuj8J"
    "UUhR9iv4og/RhKAMNTdibiJuy2v6rTMKo92vQzkSNzyvLMZx0sCx9lVcUJi9fLmOck9AB/"
    "R8Bs/utUiH78K2DHAsUiuxt/BDHx4d04bsoU5Yqv0mZntXQAOXtd5StZqJiEk+VyJRAIfr"
    "NGNjYZKDZZGweCwzT8eZ9NOcsLZbmD1dYBXl4h4MH34ScP5Fa5NmB7rGCzAJ3q6pxHer17"
    "eB0mTX72gVQWxDNiGM27IQ3QCTFGAWC9P2a/+B6iLluk3aEb1PpkfzLSw+aDI+CCtvDCtv"
    "7Ic95ryB3M63yfNty/g+qmm2ZXy3zKxO1sDS67l1qpR26xi9dbLJ0ts6VSq7deop8wHpt3"
    "WqlFa3MHnnHL4RnGlycPBqtatQO1OtTGPlUF0OLXEUL4i283CD0HLWoLiIpf9Xsh41hkXI"
    "S053VMTSH6d1SFWiIvhQiXZm0QkOAKCcxVD7DocoDbIQMecyzVzkkTMkXBVN8Q4D3HF7gr"
    "qNWbAxCx0y55B1CgcKCZa7QpOlVSrLUxt70OY6VPJvn3X4t88aYg8iMvW/6HC4oBiGx/so"
    "UDpic651QlgeeN2Zg6b89rI5csRthT7MH9xvy8/YHk3ay1TH0aI9K5m3mnPdAKVqjZFN2W"
    "2sRzvPG2M9LHbfi5XHBqNY7H4P4a22E+0j2DnCGw3xjH092SXao5npUUwFMMC1LwENLPww"
    "iVWLEZ3S7Ns+xKc6y6YAjZ/IlP+S+S1fLM3dOSoDnE7QMZJDx3E+div0+DEkCPp4gYqPoZ"
    "UG3/L8Y3onJO7ELvNLT6d44QfrryDyD3Kl0vgyBJlV/E+P3PtuQ/rV3p7SnGwFt5Mmlk2y"
    "soDlSYNrFrAcnqdS+miytEJkOVprh1hI5A2WdkFlVbrjAsvyQ9hQoCwWpn1MdRZ5lcp4QE"
    "AkK4TkSyyUD9AvxKTIlE2+qoQ2AW3F1PPVhtkPFnXrw+CjsCsMRYiO51g5ulm2GMHjmOXm"
    "csTtXtbjKEc8Ws3XWXfNdD06eXa3H4hKuaIiudr5WHW5vjhXcLm+OG91ucIlc2LCPtDYn/"
    "oujtsaqVYGOJ1QTVgfqoTULAhj/OVQistCS5InjP81oV+aQZdtBNuL1ZSaFIDjtw6otLco"
    "KRFu71ZSZsdYvJ7g1lqlVUnbU6E6D4hWnUcnIVCpP7t0Tus8RpDBNLU/yCJVFqk6gnPcdk"
    "h5KHamYTiq2kg63GhVRHQ8EeBJem4VBZZCKvpv8WNK9AKPV77br7rSPirMkPvG3rQdha7u"
    "m9vSmjUdomlZ2ihhQpOYi3po8UWX/PW4kphEXE1CvyTnz89f9ZmK4dvUQM2GAOv17SzTGD"
    "0bAlMUBwzX4CA0UhR8yCoxQag/f3lG5HZxwWuPoe+FGTMTcBU44RtaZ2bKNCbPTN9Y4MHD"
    "UWM/Dho43N4wJyc4CfZuCX2sAA1D9MuBA0mH29l4y+wezIbDRrv/e0FkdE2lIZhu279vP0"
    "GX8zXjFniA8j7wIt9NNKkrn6MhDXvplnvsu6djNFWIjPfRHdhq8kjcWJQW+tM3s7OgqAP0"
    "vhuj/yCzEgWk0k74jUBzFwbVG+RzRuLQ5fcGBZ4bVTFZainuHbwHxnVL+7pgr00S3KAu7e"
    "Vv1ThbcwKjBZCE2kvaO9fTk8DjAifOqqaWKqtGoo4b/8g/7TxNezmUrRu711Qcoeurn3cT"
    "W9fmMczvcYUp2GnWmGYTXaffEfAnR83FNRoHOsquVL4CSjQKhTcyBykNxcm8wmt+6EY0mc"
    "1FcBiUHQ1J0FRgQ4Oy0ctadXmKvZXS9HOyZsSOLMdNtBySGdvG83Sb93C9anp580eCAk26"
    "HmpdodYVegQHgk5JjM29r8rYBlLLXutp3mu0cnGyqCKCJRKTLfKerpvhgT55YmswOCcwmb"
    "2jFfah5JiDQK1wECNh7CBZYp//decvlz1bcKjEFZ61xxWendcnoEergGPpEaC+yAeuNMmf"
    "1lSMpR1qzQmOAmkl2J2jdBG84R8ctGAOIlEku66Yh6rmr6aKquYERguZNN9K9LtIp8OBHj"
    "+lwGYtUXNoFNXjpmGPIsY51dGAazBTosGmiCti4lB4g0RbZ9FJbPfpOQZIpnLsQ/FX/bkv"
    "kR3N5D8ayM06SB7FNJuIrP4tIlMSkdAlo23Yammoo46uLqtUW/HVt3SV553wgxh6u8UUXJ"
    "0xDbxLxG9AoARx4euc43uCGPaFT3TO188m8jrQPdUzX2wNEQtHHqEUtXjZA+NlenVIy0RG"
    "lyIdQSGmyCNRNfS8CE4fxMraKFQqM/PGpUp0ijDNJmEvsMYwLXlorOa3xCfxeBrRhQ4KWa"
    "UyGiU4P3/z/Hk1yhOJ10dzmkS9spsvFEDIi1YM8qIOQUpmCnNYfw5yMpMnoSfcPjCfwWD6"
    "vzTEVzlLqERjModHu4jkmpPjpYqT42W7k+PlY0oCamE8mvqRPLwfPj1okaRhFso6SU5htk"
    "IisimZhBUxt/ognBaMwf0oIp4/IyzuoYhsEprsNRql8U0M8iQYRZBLKLgrzOvMbL5Ez+EL"
    "jyHwhiiu84FVlxWZzCm9GydRw7nZ7tyokZksXIzNysp4yIgbEa2A/U1KkydgREI3Wi9jU1"
    "1Ito1sr6mwOLM6zvw3SoO3/FCVvN4El8vXnU5EeclHjueloQphujKnTZaPBvo3wnmIJusC"
    "CpZ+RFmuwANbnati04g0VKPe/XbbweMiJbJIx1MP663024Rc1S2BtWWWjgWx4Lh+DO8yTY"
    "xNvcs6j+UkHQ/VAs2v/VmrFtWIOTZoTilesxtevn8A50/n5y9efHP+/MWr1xcvv/nm4vXz"
    "XB3avNSlF12/+zOoRhXZlOlKFkzf9ajQQH8fUfq0aMYmxFsvgOG00qVPczVnB4LqWs7Gm7"
    "ySjYn6ta24h12sJxpFLYOnlyQEPQs9xUhq6RHyiOvzsV9lumkfKfxaYVG/bl3TrzcC2f00"
    "OEQrni0jstFsppmfjzJQ9VHOLkgF/dktqOzsmjy7UxottHWNCpHxysZoNacSx/GhnAp/+d"
    "3Lpuh0DeIHcB8Etkxn95Bpe8gk+PU98WYCbGxGX9PLznbwNShGqmOvEKAGBV/5fx4TcCiU"
    "PXAD6t4xUaMILeg9FDAKyT3XTbPheBqTCBjAOoDYYe7dgMqqI64NeK2jUtOgxNBxgYX0gF"
    "75wpMfsHwPRfg1fbQbYH/BLABrAVgLWVnIao+Q1Ymi28Yw2GLYe+iRqrVgsfmrdSSOewdh"
    "Bq2RHX5u4pBNSeRwhSpOohD+d9d8tTmIqwAk9GDoHXw7TRjZoWb/HgovuDHVtUvLNMabpY"
    "df7Jw34i+9NV+iMnnp9xTU5xcq4cx8VHvfj4uNgGZIfNCFVAoSu3LrTYJ11WBqOdnIybZe"
    "he3hmMfRq9DYOFh91M/GWxoK+FmH1ynPrilwrsRqb8K4pQxu+brTCeim+B/Jhyo1EmW+R2"
    "T464TSOz7jl2n3qPJ3iCULqK3wfySiz9DVEiIQoHBbBYRt7js68P13QXaXAZYHG45iwaEV"
    "J+NLYgu4WubrOCVxegG72HVpkrahwWsZpbEkkU+3YsuVd8hpLcBrAd5Hjeek4kOTp1Wq/T"
    "L1kMt8INA8lZLKoHkmVU/BXNg3puvSxZKGmj1CK0SWzQpsLk5p5SzEnMJkBmcVLqMkDEFt"
    "imkMUfhpd9YJgdRcKIKlBuge2jbO9S7VSckJTJ4Tc6GIQttUB38LBdVgloP2DE8Uzg3i32"
    "ef70kIp63nM/EzwOXBLQmwNbgRQftVXzhX6xLd0SS6Lpxy9V19G2S2gslzshJWXbqCyuV1"
    "aBJBnzMzZRJeNO+RLrOooDG7bIMfcu7zp8TsDfLIhJ8QeELvCXruIDciXnpirBR3xQFtqJ"
    "K+lERQZFKrv32ZxuQd01NbUlGW2nWlDVUpxR82+AvIZos4yim6UM0j5HMHYwGm5IwzCzR8"
    "T927UTtmKC47KpBhkI1UaZNFw3ie5stzyy8v4e0GXPx7b7LKqvAV2NnEQ5y9FNRTHK45dd"
    "SYhj/QXbdn4+fWagq71cBDC51Z6OyIxZSFeczAH+yhqnGoqsQrtK/LE4tXqNW7fK5iffJR"
    "7TUvn2/Yn3Da98pPqhDagAXjXNoNkzxpsJzaT8wKkQ2lMkff/1vku+Rauq1GTRp/ZUC3zr"
    "+EoeNJaexWrf8zXRCpfwu9HPooSS38DdfXGQbwDYuI4lBU0qIhfBEi7P07YfGChLFGzMCe"
    "n6VuIdyRtUadro3YAjKdEjf275WqZ5WnZCxKqosp048wKJUY03nk1nQ1LbvIdrqwnS6MFO"
    "fW/jmQ/QOyU4O36XCTWSt+GhNdBH04noQbFtaEg+Z0JY4ZOuU7Lq0TyVJvvb63Sc3d1OVv"
    "anI4BRR74zlm8yYUK8RRS9nvOmVthibrtHy1IXP0+e3V1+cXr0AvWGXKg+wBxedMzFi60n"
    "YSMtdpk83cDOC8v3734erTz82OqOuGppzXP9/eXNU3DeeG1q5Jxxu9baTGlulrUUlP67M9"
    "zlR2x1n75jjb2BvgNI5YU/X2rhzLgmavVtIAQO8IVj1MQloUP5uKGN9xcQbmyc77QSsd5Q"
    "FTWk/GKrUxNQ8WLgAb328CKFsdQSUKo6MF0sgyUGmglcO0IqtV28YM3M/Bev/37f2voBQb"
    "XO6Gg+u0x4MIj6DHNGjqcwxQ0RC9HI4NHz59D9VIxhRkwbHlyIGdp7vBc0Ujf8YtqWCsz9"
    "kG0qNkcbab9sRh0dxJR9XJCUw+B4SCPsVuzBC3Vv/y+eOH3YXRPjQfmsQubSol0c7/EonR"
    "MxD4IRHcF02iRZE58oUrQvxrzzF4SkKqV+M6G2/yZJjkKNfHy44PJwPpkyXhCpQMyi1Cmq"
    "lP2CXiD6MoBTtxAhHDAZ0ZC6DJ872HJlshPB419lEGNqRzpRfYUCGyEJJhgQ23OAiaix+U"
    "LjsKQQ1xPlKlmG0lh06EHueJlkUksiORECRgMwdkIUYyV7CxiO0Q91QPUagmhtarGtjQZh"
    "vafDoHlXXtm+Hatxnsh4kgt36dQ5rSJ1swQHSdRx5ei1r6YMdxTkvdyMiJaGnc1T4Px9G4"
    "CxgvlcIU5HuDyBc+CfxeiwmJJPrEf6M5k2KUhfBj6kRttRF+LLysW62EkkdWxU4QRDIrEc"
    "sAMP7fMpkEPptvNKJ4hm75TAeY77l8iMTH5xDITGZJCJ4IrvJzE8BtTIXc+/PU7Qu5OK0l"
    "YS0JUwSptSROR8VNpcsGe1vFRUFgdCTNmYPOHfQira2fJqmgbGkcPormVBt1NLShBueFDB"
    "dUjVjat7VsI5j2HMHE39YP/bgxKK/daqhSmczlURaVZ3Z4wCn6oker+XpDAe8jV/binb7H"
    "gc8NsYguNvne7e6sUh6Pv1MG9DAEb47mEKZBw0uBaYR8o6PUrkMMrxlKwtgPEMT57b5fjs"
    "1Fmq/VHq7wOu3xrI5H6Q0vpkvPIV6nsz5xkxAvCm/G3vthc3mvygBnC+Ilh46DbKwC4gVj"
    "oRq/0Dz4S2YmjM8ZjUM3Ld0/DehKSl8xnqveJJiK3Ed/BkGgOPQQi2nEP/LVC+K6Ce3a67"
    "OGbgO7Nae+xGztFrDZL9Z+UEao/ih+a5/TK1UmKD9J0KVVI2yhAFso4HgPeg0MsLwvdVZw"
    "lcyy1aJSUS/j0TaWPYLV7EYEfnIPg6tKac0to82tbLL0jK0qlTW1amldhTKquXWqlHbrGL"
    "11InLfMzujSmk7KR7DLOsJyCqVFZA1da2nZhENq1ccD2+Pb9fgOEVVFCMhCoJekRCGTeUQ"
    "AQ8GgbcLCgz4X87M9mqttUHONhBXDudvUYxX6u6aMBI9YWjqz5IIQFUZiiLKDEhkNUoCcg"
    "kIqx/K4MH0os+JqKjZFTaFKQ587+0hiXAvMZI/NDNCB2jhYBFIi0CarwCka18VKMvGmwyT"
    "9QweeqkSSPGyPY7i5UYYRUmgqK7Wsgyya1Wt80VHzGxb0Ruj1usIYjm/fv7CQeLDT2fn6a"
    "e/n6Ufnr/4+uxlH4D37JXCmj6r66elopavGkKDkgaJ8R1x/QUOWoOCkiap4UmiZynx8WmX"
    "Hcz97ubbd99fvX/64rkj2cuNAj8mdVlSZe6CNLULpDQgOGxmbUpRLwrCScxZ30Ow8/rjx/"
    "cVk+v6XT1y8Ifvr2/4Yq4xezNmWd/atSCgoYauKZbZt9C0U9gWmwZZds3ptMPc0qit1lee"
    "lyWzFtDMvyfcREriLMKFKxE+YW+EfcR/wRPmVG2oTaNrmFtut7WaOl/YnC+b83XEklJDgz"
    "3B3gVCgj2T7/ym0Lf1FVWl8uuvOuqvv2oKY2/SVbtESJuqalYaWNwmrRVZfzD5YsoB/c4j"
    "iyXlwim+Ctmq5aTeGNR9ZPv58DEuxisd3rJygqSCCFWMFkmMBTgnEqxdHPHTFmJPUf5S7v"
    "rrvxJZ0klk/EecHLsFzQJ7BPlx89G+7wduP/g5JY06lIBKEGkpcGVLEOnGJIz5ChDTNEAM"
    "qdU1rK5xtLpGecOpcrRMYxl68spbT6B8L42kIsJ/KYtbGkl19eit0pnMb2iEQZfwInCIQm"
    "LJPY58eAduTfNTGfrnMMIvUDhEUfrT+qjTr16qBPa+bA/sfVmfn0LFqc5Mex50QWH0nEDe"
    "M4Ac/4LD6V9qzD50BvRJhgB//i34Tv719IkL7YHH8Aosxovl06+efGVhzQe3mj5xi5Lz+W"
    "oG1RWbLKbKgG5rKZJDQT1Px261lH6aC2MCMbogE+qtIbgDviAyXS+iq/QbBKsnrTjuR9yY"
    "WWLXj9ebptAgd1SxdQScK7LtLNZp7Q8zTrqD2x/5JtCyQMpUlqn1EAh+iaT5uMpBECUaoz"
    "UxGkK3FAfhFV5DRVE6ncIXffTf1wrq7+tW7fd1XfllfiPPu1WvnMgGSJumYFU6sRBQlPQ1"
    "6zLd0czwSHgNoLIBKDeBP1XcXac04ZjJyg495rxGejzTLpoSrmh0JwpOiUUwx/wRXlofY/"
    "E4loFhhhXEvbXWHq6PcZTMK688XMHCSjuZAxmsBjyBkA+Mlj6R9VFgzTgCqlrN15eIH9Fr"
    "JIoEi358nKTJyBrmpkNXWHGE0bTFn1Tn4/ZSK9aisxbd4zA+/JgsdCuVFCSWnY+kSklPr5"
    "KtRXIEa5b/lKaIqvYlmxPYFauwYm1o+smYGrVQDJ09g09Wxg+fjiTcSboYc4nGFoQwJmro"
    "JPkZEcyaysd3BbRkFCcoAPZSrdwjMfaDTR5DZEczjwuK+snpuzH6Dwp8ZlK492pOJW4nWg"
    "0jHDtoBSBLQKYxItidp57qBYSAO2nVBMUuFR3TkXUEaA9lqUet1PYD3MCkfl8ppPaOG6Wj"
    "DshNXHeU4DY/G6rS7KsMf0EilTQ1ZI9eoSeLPnppuDXAs0yMntOF+EYMEb233DllJGxs8L"
    "WPZ+wBiFsmEV8oRBWNEzACXcqC+404HPrp7c2nGwQd+xKG3n1AT5+ssA/ETxz0hE6nJCIe"
    "fIQI9nvy5KuNwsWV187NlgjL2tYEsvNy4F8dRxRvnr6J4sv/N8pfvfslcz1G513mqTxU5W"
    "J/1qlXgq5Os3ygOrOyN1R8LRb77p3s5F3y5ui8YXGH7heEUei//gc92fJqPcqBV95nWIja"
    "lq2xZWuMV6stDrVXHOpUoWlbQNuIaTh00FyqbGos5xKJ0etZmIGguAtdEIKXV5Ef87MDxf"
    "RSVGcArRmBmgCLHWxFM5b5HWeEzoRk442eDXjJIr5hSovAcTOYzn9/zDa53hqRkI83Ohk+"
    "47HMSvb5fsB3qujH0P1QpVWis7ALCqOXdmqROii1thwkrUEHeULKRGhGjQjVzQz2mhOtqz"
    "xZRrJzdbJDTcbCDxMmNJdl5FMu8NdvxCHA+GsGhMUy3X9n/C8rYXb+UqOEWRUo0XFlVimP"
    "x6U5gomA9mIic6HUQlKitCKwTeJqvjih/UfYNlL8/j6LokJ4RGtCBP+LHqH5rPMtyv/PDd"
    "HHtQCsn3ZgP+3jC2J/lKEjBnWwOVCqQtFdGaoRCXWTm1EhmnAj13XJMiaKSM0pLYPsl/fZ"
    "7lXSo1kIj3O7Q/ZDL93ZszN8FDM8p0sdCCYbbjQCM6crLqhjqeummT+QuesBLrDwGSNeH/"
    "13aHAmhhJ3m7y/iiK8bnHCZRQ19hsYH8RZG9IYYSYihGZ4ACsT1M5//rqBcGXOb3WEK6Mw"
    "GuG6IymCCEhKSL7E1WAatMBrNKNo0gvL3VPJrNOMLeTreS0liR8zhy/pTKyIvNU0q7DPLL"
    "w4V5iEF+etcwCXahVmSZRlWyoK9BKFyTJdN9vvJBpspfF/fxdHVEeA4N+zM0whQjA/7xSz"
    "cdMwPRSRBYHavqy1NBGX+gJbdOeUMsKEv6mp/utwt91e+Uj+Wlv0yKbIHpscs3FJRxCX5C"
    "YRow1FKDv6Y+cUxiPIQo2fYw/l1d3jJNpdi9frNO81Rgi0Z1KUSI4ilQIOOOLP5jGUPuHs"
    "5frlZI3yooRm5EuU5yTgh3HQMCUdVmtBYrbZKt+zMLpAiwvoDBQSPKH3A3jJbv5xKwxYwx"
    "TMz3N/2llQUw5QUzBZPlaloGZY1L4Eqxa6+DBRcE3khbBYZITwHQFaX6ozNpbR7HufXXJJ"
    "qrUBCX+Capi84NE4pRdcbA6U74rS13+eoGh/mI3Kt1H5pihuQyUP25Kfw7cdOMVIWS+J+U"
    "kREHxP8vOiH7I6cPjgaRpwomGUKLMGwZoyIElUZbtEZLGM02M6CPpMwPBW3oTM/LBB5e12"
    "gRZUxxMm9ig9oJlapOnftlNr/tSGNNYSntl4k2VnT/BrL5Uusm4ekwYHbAcGVqEyHgc7gH"
    "5lDB6QBOQtpXejRiwgu+h04wB82HiejVNqP8gIXxIxWvnxHK3mvjvPWw6xNYNUMQgQZbLG"
    "CFcWGEhf2TUQHtbcYXCAe253L8HQ3bxL1o62drSRIqkS2AHLXOMYzcaf4DE6vHUhBdUme9"
    "sbmRUUJjOY68hutB4mPHofPcyWEbn3acLG+hPQQHocM1E2r0Pl/MgHmxkReq9rmm1SH00A"
    "cjnXQCIkBE0InywigmLwncijp7vP2rHZcSfZb9Ca623TbM3J3XQ3k8zJT0lLO5H0mrPdmI"
    "wSxfYhV8J2kw58iM8FhvoeJHGnfl9Zl+ZNbvV5vif8w2mAL/8TgtbnfFaaihkOe3NF69JR"
    "aE+vUuFQmqpOt7s45fb2Cm5djunstWkSu1TKVIWCdtmjS1RD+Klt9CZcs9GbRyO7rd19IL"
    "s7TCDufJO9reKiIDA5USJL6EhLMKNsTRw+vQ2OLY3Fmw43ee2KnyazE6jrYmDzZQoYg4FW"
    "0ggoVNsAtaBvhbOzCxV3DR/V3pvgYrMWzn1b0YuuY7JM1WvlG6ZXH/K4fJQlLIXYsSUszT"
    "xWB4qss42BThGAKRlfylKqIDFaTE19USWQW+DjBYkdxO785RK+4XcgUSRrA0yxH/RL5R04"
    "7G81b9Cd2h0S6XCjJwBOBc5Czxfu5RxGgSIBYkLg+izBUQaawHWoIbuKqGxVYJ6jAgtXuV"
    "Z+UonkKPKTVnnzXBrym/ncrog8aQWZl5sUU3o3bip32qXeloiMtusWvhtRRmAL6RWTPbCi"
    "65FlPNcwq/PxRnNfGEFpbhg/IkQ9zcOZ1SYB+p9jLGquNkP68qqzHdRn+UDVOgTCzM7rBY"
    "ChUWDu1fKWaaEOfoxkJZihg5DQAESX76w2TbRo7Re+18epQ/+lBiy2hoE50s6i4Lue/xYF"
    "NwMFt9jI8NgIyPkGGUxpQHDYYhZkNDVuTjjRaTHy+uPH9xXF//pd3dL64fvrm09Pz2ol3h"
    "uaG8AprItD5UQWijIOijJJzf0xrYvWpuj+WNRN26bqlkqsKcewFEXmlskk8NkcgjfDtBAW"
    "fxColtOYRPBroWZIEgt307/cJIq4pfKv1viVQW6srsCmTlP18JX0OUrxIiljxxmNY2NGrL"
    "b8yLUPqy3bmBFtdOvMQecOeoF+Sc6fn78CrANCzx8udKQk0DWU6BKV0Wr0SBY8KMJFLhGO"
    "0YLva9khb5qiTzuD7APq2vy3+aFw3ej4papUJouYURYrBQpS5pwwz+N0igntRXnlkk6qKH"
    "f2n+JOuZIZ8W2qw/UyjfGc5yydBr4bM7Tiskizp8kBJiBfEj2yf+q01uY3zuZvnmq9DKA6"
    "nc0BMsdleCustb+S9agJSSmuOp04SmrzpTHCKiiKpHjCEBifiBM6KE+DlVUhMFpgFpMILs"
    "rq43N/Nod2lVJrz8ZDyf8gSAMbF1DvH75tAlgO8szt2EsL5mLrUti6FMcv1x6POZ4a4yA3"
    "fJkPLlfDJVriKBbt07meyRU4f8nlQMyNsIcx1qVEA9ncuLjb1eQNQsN1ZSgi9Pnm2098wF"
    "9vfkarCEMEKTdd+ujKZ69U8jvq2lgpvePVRsyofJ8mPDvEUUtt7hJRHTNZx7JruSH8D0VO"
    "DcTTXN18/vr84tXXf/72+9LizzIPsrN3d/QkjTrMNWfO++t3H64+/dxswV83RCle/3x7c9"
    "VSNM0WMzg5Y8YUpfszmS1IGH8vYtcaFe/qiG7lm8mx40UxWMWNKYJEikDvKU343o0pNE7l"
    "5xlG6W0bPZU6tNsV4nQ0fCwF1DkbievlsJaMxsbdWU/iCYlRDe26tGtUNboSicm6nDH+RB"
    "t9N/iq5csPXGq9ehaXKa12ZbWrbu2qPRGiMkBNt9JIh7jKtJ+GTqQBFlmOYCVBE+Qphl6J"
    "DGVJDPyqaI8D2Y5Jo+Y15K3VFTOrZFkl64SkqVWyTFKyHlHlDRDIUj1UTRHdd4PMLOF7k/"
    "3tUUMVIqNnoDglswNyZ9RxL2FDEeAnGn6SfLzRbpJZRFcsz8L0i0lAotD/ymfkEtHAI5HQ"
    "TMSIiGZw9+EdJRGZ8oOgXyRLnfZ4ahoXWbKpLlloiaBlYmjwPUCso7VgdCyYAF9HojRZo/"
    "mSX91iuwR4PCkGKhguy4gu+K6sVv+4I8v4DWIxzQqnOaL6h0hJmRAoLsMy344LTeGbzJbh"
    "brxLQ9Cm0qtb8lgKHm4vumqtImsVma7MD2MVie2oydEyzWGjk4xn55IGvqtVjLOgMFn/Ns"
    "bEXBD+fFeHwQWFZfAjtuGNYbD1RA0udT2uRuobegWV9UAZZ7/VU7H6WPJlOjvFxk2xQSb6"
    "t6DRjlosdHnR2Wqgu/m4rfb5x5AgqZdkGcBSDXRQlIQhn3RRCUJkBgvBv2mI97rDdjdhoY"
    "0WalO1uYnAK3frkaJgqEsTY1g73SZa2EQL41UZa0BaA/K4GXyqBmSnE1jRzWVNy2OTx6fp"
    "zz0T2iG4Y6Z+xOJLJB284BxBYA2JPu0xjvj6xjPOUcXlPbAXN4/UU47XyQiMliOpgu6gJU"
    "4YBPqxWLjKoazxPfV7yZKBmyJwKUdCDzckfLYzv0xjMv+NOSj5/uJ22Fi3iH6JymgZA8EH"
    "YIemhfTzit0LvBYNlrVkyoEr6wvZ1wtzqlJa1Mk41Kk6zULw9prmMuXRhAg9ylk2wDtgZ3"
    "dvs5u2rFZVz5OmUFezDs5KsCUT+nia9cFIjHBIVpco4K8J6K78PqaBhyZr9foIJ9Qo5XOA"
    "30E62T0ORi0Afn7d2Yrh++WhKmF2oMLLOpLtEXNNY7YHv9kYNBuDdsTK4JHGoG0y9PiC0C"
    "Zk5jf1yutWeAoqa7UYrfGQtC2dzuRmNFaXNW1mjdGjYi5Q39KarrF5dYsOBePG82ygasO5"
    "wA+JrEossws8qS7NRUrRE4bEbS9FHe9kkacYSJB6zQSYPaO0vcPckPdXyLWO00AQeGxTR7"
    "n2cAn5Rvl9AM7eFi2Rc3wsicV82LQGq1I+ZpUy34LqrqOUwLourI+/7OMHJynI8T5eueEZ"
    "n50oGoKiRGLFRI2dleNWlaEVIvNZOiqX+IN3Z2JN5wLvULz+LeHnlR83xLZ9R1x/gYNmbp"
    "fJ6taLpHuW0pvD8iFW8Xc33777/ur90xevnbPzWtOYTHS83GjhcKohE4SR6B5iJQoVPUIR"
    "CQhm/RpoDB0wIRv69ak0W6G00ItxBnrTNDc1zeiIjKlQmbzReiqY5xcvFbYTH9W6ocQ1c5"
    "xKt3h2xc3tWSjKPzW206iMcLpbauDZGFcHq1f1hQb3XNbNsYcw10pnHUV8G4cOXWVB/LDZ"
    "NlSi+pNtwQWLTBirHx/Y5ICdMYtostQ5QSpEJ3iA7CO4cqbJ4BNl7ZlSp7izjk5xZw2t+h"
    "4X/mNzPAxd6gOBxTSJXD2rOacwejVzBTfha5nrhGDVLHBW6VFfhiiJkA4JUl/FM/+ehJpm"
    "VJnGaLYvScRo6ICzEWwBAVWoN3jej2VVFSGY6dUJLShMZvwgkMQ+ioLKlauPDZXpLDJkND"
    "J0jwPfGydh7Ae6s1wjtSE6Js8z4Szs1/LCs+kixzLD47YTsl05qVKZfEqOArwUaacRWQbY"
    "hU+QjhemXTB7aSlKNuZ5h415Lm1MU/DfKxL5LSV700tOJ+KLi0HbkN72PTZwisBjgUx3TD"
    "9vB0PvuVrfWF+/XSqUSEwWCb3dPhdKxslFh3FyUTdOYFdpcDgdfoLc3Qtwx58YNzZB+cvn"
    "jx9avJcFSV1x8d0Y/QcFPjMofW4InQWY0W0E1u29mh4CN7h+6PPsj/8PaSlm0g=="
)

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "tangram"."audit_checkpoint" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "reason" VARCHAR(16) NOT NULL,
    "key_id" VARCHAR(16) NOT NULL,
    "signature" BYTEA NOT NULL
);
CREATE INDEX IF NOT EXISTS "audit_checkpoint_seq" ON "tangram"."audit_checkpoint" ("tenant_id", "seq");
COMMENT ON COLUMN "tangram"."audit_checkpoint"."reason" IS 'sealed, retention or keys';
COMMENT ON COLUMN "tangram"."audit_checkpoint"."key_id" IS 'which TANGRAM_SECRET_KEY signed';
COMMENT ON COLUMN "tangram"."audit_checkpoint"."signature" IS 'HMAC-SHA-256';
COMMENT ON TABLE "tangram"."audit_checkpoint" IS 'The head of a chain at a time, signed with a key that the database does not hold.';
        CREATE TABLE IF NOT EXISTS "tangram"."audit_entry" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "at" TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    "kind" VARCHAR(64) NOT NULL,
    "actor_id" UUID,
    "actor_kind" VARCHAR(16) NOT NULL DEFAULT '',
    "actor_name" VARCHAR(254) NOT NULL DEFAULT '',
    "object" VARCHAR(100) NOT NULL DEFAULT '',
    "records" TEXT[] NOT NULL DEFAULT '{}'::text[],
    "fields" TEXT[] NOT NULL DEFAULT '{}'::text[],
    "address" VARCHAR(64) NOT NULL DEFAULT '',
    "agent" VARCHAR(200) NOT NULL DEFAULT '',
    "request_id" VARCHAR(64) NOT NULL DEFAULT '',
    "detail" JSONB NOT NULL DEFAULT '{}'::jsonb
);
CREATE INDEX IF NOT EXISTS "audit_entry_tenant" ON "tangram"."audit_entry" ("tenant_id", "id");
CREATE INDEX IF NOT EXISTS "audit_entry_actor" ON "tangram"."audit_entry" ("tenant_id", "actor_id", "id");
CREATE INDEX IF NOT EXISTS "audit_entry_object" ON "tangram"."audit_entry" ("tenant_id", "object", "id");
COMMENT ON COLUMN "tangram"."audit_entry"."kind" IS 'see server.audit.entries.AuditKind';
COMMENT ON COLUMN "tangram"."audit_entry"."object" IS 'table of the object, or a platform''s name';
COMMENT ON COLUMN "tangram"."audit_entry"."records" IS 'ids of what it is about';
COMMENT ON COLUMN "tangram"."audit_entry"."address" IS 'network address of the caller';
COMMENT ON COLUMN "tangram"."audit_entry"."agent" IS 'User-Agent of the caller';
COMMENT ON COLUMN "tangram"."audit_entry"."detail" IS 'more, by kind; no secrets';
COMMENT ON TABLE "tangram"."audit_entry" IS 'Something that was done, seen or refused. Appended, never changed; its place in the chain is an AuditLink.';
        CREATE TABLE IF NOT EXISTS "tangram"."audit_link" (
    "entry_id" BIGINT NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "previous" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,
    CONSTRAINT "uid_audit_link_tenant__fb567e" UNIQUE ("tenant_id", "seq")
);
COMMENT ON COLUMN "tangram"."audit_link"."seq" IS '1, 2, … within the tenant, without gaps';
COMMENT ON COLUMN "tangram"."audit_link"."previous" IS 'hash of the link before';
COMMENT ON COLUMN "tangram"."audit_link"."hash" IS 'SHA-256 of the entry, its number and the hash before';
COMMENT ON TABLE "tangram"."audit_link" IS 'The place of an entry in its tenant''s chain.';
        CREATE TABLE IF NOT EXISTS "tangram"."audit_unsealed" (
    "entry_id" BIGINT NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL
);
CREATE INDEX IF NOT EXISTS "audit_unsealed_order" ON "tangram"."audit_unsealed" ("tenant_id", "entry_id");
COMMENT ON TABLE "tangram"."audit_unsealed" IS 'Entries that are not in their tenant''s chain yet.';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "tangram"."audit_entry";
        DROP TABLE IF EXISTS "tangram"."audit_link";
        DROP TABLE IF EXISTS "tangram"."audit_unsealed";
        DROP TABLE IF EXISTS "tangram"."audit_checkpoint";"""


MODELS_STATE = (
    "eJztXVtz2ziy/isovTipYlKJYjvZeM9WKYl34p1c9jjOzs5OpjQQCUkcU4RCkHZ0svnvpx"
    "vgTbyJpC6GZL4kFokmwW6g0f11o/G951N34tHZ4wtX+NRxmHXFZnOH+qz3knzvuXSGf1S0"
    "MkiPzuepNnjFpyNH0tlR+6GfJhgJ36OmDy3G1BEMLllMmJ49923uIt2ARO2JP6U+ofDbpa"
    "5PplSQ+KGP8WEWN+FptjtpSBe49teADX0+Yf6UeUD922891XpoW9hCfvzvvxv4GRb7xgS2"
    "wZ/z6+HYZo61xCJFI68P/cVcXvv8+eLN32VL7OhoaHInmLlJ6/nCn3I3bh4EtvUYafDehL"
    "nMgw+xUlxyA8cJWRtdUp8BF3wvYHFXreSCxcY0cJDXvb+OA9dEFhP5Jvzn+G9h11LNhsMP"
    "H6+Gn86vhsNeTjTYhQzXw0smd1Gstusjo77/UM9NGCKv9vAFr98OLh88O30oWcCFP/HkTc"
    "mu3g9JSH2qSCXTUwMxLaC6zF4i2iTPowsJ05PxHLEzYphmLE5YKv/PcfP1lHrF3IzaZxgJ"
    "HdtDFvZm9NvQYe7En8LPF08qWPqvwaXk6osnkqscNJhSch/CO315a5m5N8wT2KUG/E2RHC"
    "CLj+uw+Licxcc5FnPZI5Fn8T8+ffxQzOIUSYbFlm365L/EsYW/h6yuYC0yA588E+Krk2bp"
    "g/eDf2e5/frdx1dZzYEPeJVhfbK8Uz/P/zfAON+esZIVMEObFURI/Dj647DEcXXx/vzT1e"
    "D9P5dk8mZwdY53+vLqInP1wWlGTvFDyC8XV28J/iT/+fjhPCu6uN3Vf3rYJxr4fOjy2yG1"
    "0jyJLkeXfqCtM75OrcN4YUTN61vqWcPcHd7nZW3zt2b9WfYKdelECgm5+cNIrM73zKdoEV"
    "yAcVdoli41qLZIZ2HToR21XWmMfnQZsZjpUI9ZYFaCxF8S6hI++pOZvgE2pvwO/EMNPJIM"
    "A7x4Y7NbA+gYEcz3gVrk7dbtvKLAxM1Ys997iQx6c3h7bCZdQ6vECIY/2Lc5DCch9Wb4oE"
    "gMSzwdRvZBNJN7khg6iz/IL2/PL8+Jx2b8Rk59cvGJfPj87l1PKpZUbxKjrdHbFVnp+3s/"
    "7rsBD1YEXQg1WODLCcjBA3kgF0R2XHaWvX4rRwPLPprDdS3PqH1ndtYwO5e0Zd3xukSk/3"
    "jtoUoltk9GzOGwqhCfn0nNoebdkSC2Rcbcg2tcgCoZp24CmWDOePsqpfNkd+LJAu9tv9CV"
    "fWVPLly/ZMCnqDJstl2NXCxgggXrIJ3BMJeDGEe+wBHNwTRT0xYsMotEOrKGQCbY3Ud/6f"
    "efPXvef/Ls9MXJ8fPnJy+evIC28tvyt55XSO3VxU8XH66WBYYXlsU04taiiSsctd8HP7hH"
    "fWD5KPCZIBLPBdMX5BDMGJrBtzZ8QeAT5IQUlTm1HQsEt7YK2orvPJ8uhG1Sp4nCStPorL"
    "SUu2UQ1XMCC4R8/hkBh5+b2D2YViY0uGZzv4UFuqzrTp/V0HWnz0p1Hd7KQEqePbEbgXYJ"
    "hd5yiaIjsKabOE/GHp8ZKCC44S/acH/zK43i5bCpJsuQraXQQtdr2+LAvqImU1ZTKBoxte"
    "dzmCG2r6fiMj2GjBuWQtulxkABpc42QX3TS630/afHz49fPDs9jhf4+ErVup5fwxN0pCmo"
    "uky5AUh1RxNhalsWc4mwYVU4I/PAm8AEoGMfFoZnT4hFF+tDE3uBuBaNgubzrICy1Tzbjf"
    "DvfJqNCpaZchd+mWoNH14z7rZ3wXULE/wrHPZVkYJ/JVOjTrAgNZPqxQvgoY7N0AeBx7KX"
    "5HbKwUOZMhf/pT5h3+ARzsIggoeZKu6CMOoBkUeEj3aASV0yQqR/NgePpyDZZYvvWZ0cE3"
    "Gky4/p8mN0tcs2gyo2X3/3xL7todsR9lW6IEqJkBm1WCOIa2MrMthDU+41HL1LRN16XMjR"
    "psh4hkxnTKMlQN4/Oa6BW0CrUuBC3stwu7HD1uW+7IEnNmNCgM2Zl+0V+1ayBKRIDmLyVI"
    "nz/N9X1SBTLM13Hz/8FDXPIk8ZkEkuRY2S+lIkexHMwO5ggOk7nxvEtgwZWjLCWJMhwxgG"
    "GOZj7sH/EgsxyJeg/6R/+kNPYHDu0AIrqVxgUfu9kJYIZjPqLV4qpwkjTgJcLOq5mG1lED"
    "TICbhXni2u9ZGOLp75P5lrAS9+4d51r8grT983Kj3yuWo5vI2a1thKInw2JxyDhSN7QuSj"
    "ot0hf/IRsTiGEyXWmBjBSThxyh18IwnmxGNgGXtCBhdvPRsoClL5dvC+butK55p3rvnLw0"
    "xwU4/DkOwNdWwr3DLX1L15elrDu3maNaoT5wZvHX5yVcLrhJmYVrKU4ibMKZvRNkLYfGIC"
    "Li1NTKyo/V6YWDIlWTKbRP3Ww4wqin43d/WXKTuXX2uXn/qYj+EXOKClqG+aRGfY987irQ"
    "4V/pB5HveaICnLVFqvJjKHSkbfML8Kt5y73IdH2w6rmTO6C5hFF6fwSu3UKfIHr+JNPBWu"
    "YLLTp15I1gyEz2fgdYVp6phtNebeTLle4JyFaw/ctn1B+K1bHHJt+ZzVm7E6/+xO/TPhBJ"
    "MmBm7UfjMqaTWPWygkmQoN9uzny3cKRfD5NXPFmQQXwz1gra3bzW+pOUQXo2146kkd7kKr"
    "8vDUkxx/EboMCkyaijEeU+jM4x7ofvuGoR8nAoEQYd31dttOc7Qdt5HPlqLZC7/N5PNFtB"
    "jKjObwb7l5DP5G1CXemGzI/WJfA9u8lvgmSmddpb8VRy9dsKjudEnTaD1h0vsAbsFOHdue"
    "8GXih5Y7Ag43BSc0EqNEwzMy8fitIKOF3HcmDUoG37LIJPrVFMuGHTg25+Y0L4Sq/X8xid"
    "ZSUExPcTvMhALpRJLBGeHZk6lfd4vSnez+69CpNuvHXqBTurjtA9NkQvzklfnu6ftGpQNP"
    "ZcvhxKvtxl/KCYixVdSOHjO5Z8m1KkxgVFeEirbOGMOQKwwDS25BNsgEjERoyCV1IMCFR1"
    "uEEjm0c77+Nl/2xf3iDoj8chnwBeUztR25HNsCdb2HewwMiR957Aa8NkvBC7Yr1wt8iKHi"
    "wvh2IAOjN9RgtoKdTIcLZsktl8ogo/4XF+5hnrcsMxPGOeJ8hjBGLa7FYzKINKB8rPxafg"
    "tuI34LPCPcA9GmyAxyIgxnquo2+JdiZY1aL+khM8RHyQFVXOiltJ6MITGSJm9Cg1u5FPXe"
    "NaK+OW36OZKo4h0dPNSF7/dgMW0Qvo+nSQOOpmn0Z6iMaZqogqVyndAb1PEhUsxRX+6g5l"
    "LC8JTyrcvvFIn+7N7x+E0WsLoAQUKhNzwAo1Z19UiECWwqHRWsFBMGbuA7YN0IvYo2JEZE"
    "g+G9RKT95hH5RmVHwv95A1Rqm8gE3aViWXpp3cjuElGr+bA/W3a2kiRPzZLKtwPPo4uSLI"
    "WEJsNyvVDlTTH9t99zQxVZ0YxpoT2oO8+ib8vo6Y1Vdyzkp5jSeSOQPCbQegm07AlT+zNi"
    "6w0cX/Y1oA56ztJli+uDeYHTKkuzX2sPWsUWtNwONJkzOkQMvykAuEzZAYDaAYB5MQeubx"
    "fUD6sj55h0b2rE3Es5SzENFZSXF3R5DDlLtw/FsL5H1a4jqDW2D3+8DOFNzKzzp6CHbRky"
    "W3tB20rg2GNUNDOEEwqdl0RtzWAPVmWGAG3jSj7LdNq7fzuGNxL+tClEtkzb2RNarzNRxK"
    "nhDMqQaT+BFH6SDrVx18EKjNdM1rHeJWQS865F0Yhl0s6E03lqheHbVjo0TdlJeR+k3NQC"
    "SVNprz53bH/IPN5CjpaDS2kajSHlXpzU4bFxIPAP5awZ0AHqijGruRZtI4FZl0yjS+6wgR"
    "D2xMX0lF5RslGmiVGZb+RB4yFdbl2jfASSkSl0OZXAg4VZhG3JPRSpky+oafIgPvqiURpN"
    "pobEbl7aMHcnfFONxJYMq4chpRRH82wdfFrTN0qa8td1yTRdMs1hrZapydmAp8tUHVOzEE"
    "ioReqaH1H7g8Dxtr3dT6NY1a7K3MtUX+w3rsuYWHxGkpQOXx6KsjYGsXe+0z0MZoUjQXZc"
    "DgUDt/ygrYZL5ogKdiTQIzDXLya3d8NB8MAzm2UUxBQ6690etWY2CBqTBXAbAfLt7py8Lm"
    "J1l9VNu21a90GTRcJqBgouU3WgYFZXdXD64c+cDk7fzMzRBcodBJbtv54y83rO7bKNo5k2"
    "RvXmUWw9NJebr0Rzr6aIqlJL5nUiTopniPoxvoroIbOiOk7XbKESP9N2uSrfixss0YTPQ7"
    "dbeUNDnHYJKBPs68ptiBleDpHG2Ax2WlUcoBB0KqgMEE7H9WDTbQIlO9zr32GqOzQ2wnlQ"
    "f0SHBDoXu9ByVCcsn1JRWGLEpV7J5oyIIsP00cJXWx72jO1VHAwzUGMLDlzRVxcfBpe/Fj"
    "ujrwoyVl/9enU+6I6tuR9GdDGsUxG+2AtYB7QsdVTuBCxfMhDKPbSlWm1E3TycBj0pXIUr"
    "6tLHFFrzXe0quxp8+Oly8B5avb6Ehj+f/xpatXpwH/tC/cArQJCrVpElMr2Xkt7b94PXjz"
    "69HTzqn5yuHR/Y5KKilbt57vreolfqaarbRg0nk8UtV/qXn/iMYZGeiXLrsLSexV30+xiT"
    "WipM93pMBnNVp9IgLpYcC3N2rDNZ3mfuUJNFBXqUD4llgVwie/7Odq/zjuduX72OR1qjLk"
    "7C92FS5rlF5hAIKz4astlrJWXLtyZVHpq9M6HrPG/9fJTO8153qWmSzXQILsmnr84b9evB"
    "kQzmD7ELwqez+YOHRw87N0WZy4d4iBMsurDwerC8PpYa/jFqeJsJZXv8HH5C46I5deoFnJ"
    "bXCzjNn1ibWiDr5wz63XnLZXpL8qbpkF6muuOBvc5yvGXfTvGp8WHWS1SHwt2tHGC9xxXN"
    "CpSwqlwWbpOIqgvI7RTRmS1HgkTjovHornVCw9OKExqe5k9oCEt65QVQUZwoRXPX1YlSBs"
    "+X3tH3H0cvX/rgvvz2+5degbUDXoisoBOVsEU/c8SD9cs6FNYpUg3jQki12Rsa/HvH3U0l"
    "v+UYCaYdOrONNHBCop+WcJmPpwmTsJORvsCqne124W3BSpuE+9VqMzwi0I/dn8EsfjTA/q"
    "3P6a2ckhOWrmgI4S9Tacf2lkbG5oeyxXxalOdfXssoodDkNJwCPfyn4O6oeJGbcY/J7H40"
    "73EbJviFpsfqniNRwf+DOyY+hph7pai9vGvUAO2dqGGtnDCFemPKlkskFkuiQvvRKcASCi"
    "9O92pCvProdpmvlcHSS3FfhRs3RX/TVJtJVelA4A4E7tKvaiGDTw3SN8iXoP+kfxod6ZGc"
    "N65Kw4MTRCZ0rvVRQ3OP3di86DjBqjB7mkrzKDvmlUUmKq4mZMTG3Ft/f+a2srgONXOuF2"
    "Y6RLKQq5chF1g3mI2Yp042xbxrlJiGUtLKvvrsqvSpchsrblHHzgrSjVfaWucqChIeNeQx"
    "meauFKDtZewlsmB+3uBq9YR1shViY6lWID9ix5B7VuXpRJ1Jp8uS1pl0WzbpdFF/5zdlZa"
    "TUnWp1x25q14zCU+LxaK+5j1t9PNuHNpGVh9W91BkM4bkdeOaq7b8kUn/gfduRCxrYgCP+"
    "LaoKUXwU/TZeso6uLDrRzaiTBSWZO5zawucq1a5LgOoU5b1TlF0CVJcAdSgJUKqKAQnmOP"
    "CIxRzm40E0qODxJ3SWL8iMeRMWYiFt4j/P+jXCE8/6peEJvHUwCRDdkW6bPdLtQNeVLuGv"
    "S/jbiiXa5f7dBaO3kgaodgQVQPvlUfoUyV6G6b+rTwG3RgHIBqFjn3m//zhD3FlaM+i4kr"
    "idvP1jbZx5K0cQmTQQBdOkIsstptAwyW1kT4CRZUmEEjoI8WCHWWTKNoH+Szc4l/p2kKlB"
    "Uf8wM/ZPPjJkMVKHT9rZgBtPGLphnig8WLYU20lR3G0k+Eme12HfolhWHK+YcXCRajJcQT"
    "79p8fPj188Oz2OkZ74ShXAo8AcrSDZ/w2YZHMJLqtuG6vB2eHXuOXqQFRKa8gS+cyhCwwg"
    "qsJL1LVQlyyYfyaxVZCTqtkkA5BIa0SF9JPryvHAHbggXQxPwmwSBRGsnb36i/vFHZA4Cx"
    "6v81ssNcukuicz6l0jDYUHWRI+luNbvQVPDSDQqahDtzxwQqAZk7UpprFxDLwiurR2kE3K"
    "ry5OLOW8RoQtellOpVRG2FJUXYStA451ckh1Uedvpa7w3oNeKdTn6fvVCl1pHW84i5rWSu"
    "Nk4zEz1bHMNFRcXniACpbam1KsfMCsl7FiLQ+YXcscAzYrTvnc1otWp4eGL8M/4U31M0W7"
    "AFmn5/Zezy2nu8UToa4jliI5QCRoKxsSUcc04HDYXGfu9mI7Gtwu25IbQvES6m2pzsF0jp"
    "Nw46QPLXYm6R0TrqfVu5BwWUhYFyPuH3xUaLzh9Wqj7c+wxUpb7RfcbyntHzyC9xYNJTyd"
    "Lm1I4e/Q28UB4uE05WgT4UR9TN7gfXRyZQ5o6A8bxJKVl10wqWBELfK22y5fvLYtV+4uu+"
    "DmhnXsV/vM0NmhB90rz6siv7w9vzzHnoNv/z/kSLY+qq5x1bgLDuei/ES+4i6QwYc3cA1+"
    "zPDiii7V60cADPaGt7QmOy4+kAdHAlcLA3oVuC6MJFBTlR1RPa7fpaR9dX8kH/76N2BEyB"
    "jsIP7G0beCOamxVq9T+Mza4go70Hkfnfehu9HceR+d93GH3ofMrpIOBxadOEsg/MgGUYVQ"
    "FKDPrAZHAu7AAUkWqroiSSi0loo06MD7Q+MuXGdhrZc/U4d32FhHFayHM7QJ2WzuL7SRTB"
    "SdaFbbZolq7yL/2bpBZ0om0oqXpvv6JRZK8gDmdOFwWrCclufHpEjWyo/ZnyS6rWS2SIuz"
    "mQIKCbTWP9LdwVLNMrqrvAxUMpER3lTHvKihYV6U6pcXeeDJx6lVoFxKLfg0iW5ZGE3N97"
    "VSLZYLGrhFGrqinoFbqJvvnIM9CdpJmwVsFJ9LC0aG5c+IzxxHYH6ATx1GoJmgE1hG59Sr"
    "i6RumOspqKIJdpoi02pTzQr7kvub2gK/F6hpZnq1EXSKrDsVUmf5osfUzOdOKPRLu5x73M"
    "R6gxKOhjVfgC3bZq3ffMqlw6hg7Q5kz5DuzXwCZ4K5uGjZDua+qXFDTB5gqh4VZAKu4P1T"
    "qA4V/pB5Hi+YdOWHgy9TaTfxNqI6u1PBm3v1XbxXy3jvFUIlvaKIr7pjVMZ8/bhNk8ORON"
    "io8niiBF47I2PbCwFPgzgYWIIBinFXWCBddVRR5alH6zxzdaw22qu3MlBrwXPqxkUl84ZW"
    "sDIuKj8DHksuPpEPn9+9y8X6ogb13ihbN3rnx6vwvV2Irwvx6R6Z2kyI7yDLMqQjTVEejK"
    "y/3Qpm7IJ+TYN+KqUoLPuJG3JUVWjBfB8XMdxYM8HKdZhW1NYhfHpSSyonFVI5OaTQ3zrK"
    "ffuRu8ReaGLxJ1RaWfsdZpV1obtQ4V2FCmOTuOHUStPtDX51L+dWB5jcK9HrApj8wkZTzq"
    "/fMKyYVXLEdLaNUQmi3KrWMAxSzWuVGY3Cq3HmumvNuR3VkVdHa5nQN7X/u7iKaItnrFdQ"
    "WT2+dtZ2ljvD6AmlCEYOHknN96YvC0kr3tUIEin3xjfvhq/GRXp/HQeu2o4q34T/HP+tt/"
    "u1Z6Vf3kEfW2dxugb50hSty9QMWcfWkiTNZkDp2oUnNLNA7+a4EsmyHN/L0Yuovda4kgjM"
    "KUanzUD4fMa8x6rcajssr18LNepXoEb9HLgx4lYBmFceOo7aa811xPHQ4YwBVGFPXGbJgu"
    "oqgxNPUJHmFP5RTxi7DjYfaCLtHNYgYDNuyJT2W7I30yPi2p7P2wLdtXDuCpj7oFJqN7sS"
    "bC69FoZo0YFU5fm1MYHGC2vv7dXVP4nqanweFRU+CcdDzfG8YV5jMN01F8NZE34vE2nM8z"
    "sbwmA8zuENBZq5fNFM02itnEdsYodbG9LD2BW3dY//3fUq2Tj3TZe0t1XJjmC43MpER49j"
    "AUC/pVbZtTwcPmkSSQmba1KQeLVVifoxEYFAmIOCOal0v0pgUurTIHKg/fh9bTFtJfTiBU"
    "3qtYatdTZpehOP3wqFh2LS2IKAZZkCa3e/UBxk7KMLcWVDXKEqaCXoLG0XzNRZ0rHD2iYb"
    "JEPbSVo3SWsWuzyPImgVscvzVJStRuwyHZRbHbsckM+X73JV0CNAzeeOhTdVbf981LIx9e"
    "p4ZRfE64J4axc3vHsOJxwNvILNe+XwbthcZ7e1ddbmcZ1yCNisIm/zOFcUId25BozOkB0g"
    "w09qpcmeVKTJnuTTZMe244cVXep6/ymSvUAAfvsuF1VD5oSDi4/HK9h488fvUWkb7LEMLC"
    "kntEF52l1DALZrOoHFhqqQVV5srzh3GHVLVtEccUaAI6DWSHJYp0PV9JrCV4XFuwx5ngd3"
    "nUWYQiVPyKoZfqqKd3/8+G5JXK8ussjZ5/evzi8fPJWyg0a2XxIUl9WsWFPppKj0FguFx9"
    "gO4s0RVkNAPpaQQJrMddtAhajNSUMw02MFvl852pxQ6LyM9Ex7Dka3D5+hJ6o899iNzQMx"
    "bC6BAtI9EUXkPqmOk+jUu2aV7e5MUq2KU+Sp9wYo6ckuE1mlIic1mYAiy1TcMqfmKWL7Dq"
    "gspyuiLJouYykqrZexTfiNG1ylLFtIvmFNcdHQ9cmTaq0sb6eLcLJ5YDyQqPvE9pvqycyx"
    "5bUcpGcVDtKzAgdJmTpDYYcVYxvtecoS749iHNse+kTwAQFoQnkqaxLMFoGJNZbun0rswo"
    "P3Ssyjgizbctx0mao70T0DnKoc6hZTZ5mymzpaT509PldYo9xFXeKaf7dlz/PBTHnDqIxg"
    "jqMmtXZcBnPcnA9WIJI9JoMQ7TsS8oLcBGDP5HZK2XWJOMlKH6BWs3bIRh64OraZ2YCZ3g"
    "zZhT27sKcu+mgzy7f8P8fNcqc0aq+1J0pFrCaM+HDCMSgCWJKkhgBW+h53MMiAKqz22QeZ"
    "UOnJSZ1I6clJeaAU72Vgbfv/2BA3QhUE76r2PS7THdKKu+Otjzg2cAtp0y2QWTqtZ4hcIg"
    "UZScTG9oiCBeTwMdT5fRIgtZjpUK/tDskqWSQ7JJ9X7JB8npsdU9o/OS2aGS71So5tSWiy"
    "wGU0W/QQykaQyzDeHLsUwMxXFx8Gl78WxxFeFcSnX/16dT7IeXlKnTZ0nTNkne/cZaXfE9"
    "9ZF09vYMqq7L0iZy+6Z1T6ezTVqkai6hyWDo4nf5G5x/FhKtF0Rhcy7oangvlcFs5RhvmZ"
    "hJ/56E9m+uSPQDDvjzAb1VuETQie94MJq5itit0qSnHd2XtXFz9mM2o7ubLHne/Y+Y57oF"
    "2bFGiR47yBiRwTaG0bO/wWD7Og+CTBlRpR73TxABJQJhx4Ihu08xrrnEACrSq8xtwZJIfo"
    "xrdOYN5C2dk5FeKWw2o8pWLahNE5Qp053qPehLt924oSaGUCjctJ9BUw6F08NwCWy1Y+4V"
    "Zk43GnCCypOMgzprjrQzy3byuf/zt/HmdZ4Y/qajaFlT80G75go9wweRJkmHzSCrg4rYNb"
    "ZB2KFGxxmtMeDvXH3JuB0zCzXRtf7RcVSqhMwCp/iNb5WD20wJW7GprVCoIFWcnUfOouwt"
    "zKWT1h7SZvaxYIf6hy0IeR9msosLJH6C0u9IpidY+OD6wEwL+6G/d3Ix3MX5LoR+OqUAWU"
    "OmPlPVVxJBIIFk9zTZbK2AJr9JHt1lRzGy6qENs24V6NFjhWySP2Jp/u3uBZuXPucOQNbb"
    "eFzAvIO3nrLO8Opr5XYu6yI1dItsuO7KYOKxRz0+io1U2d0qljMYe1mzrLlJ1tofPM6fKK"
    "N+2V8Vv4/IZxrjRNp4eyemhOPX9WdhZBOVNzhB1n9cmAH8ztn1nxYUThLaM6K2JuD8OzNO"
    "tkRUBThXZG2QkGAqBYa4EiHErCJAtVMlPw6PQgQWSooijfYQNP7Mp8aTAhDLK/OQv7V+Yr"
    "nBUNWbpM1fG0yz3Y5QnPc4+N7W9NOJxQbIbH2zgxviemYHViWh5G3YVBxljGS0Y2PPAV2j"
    "B/43FbWGNLEj6q8s3TVHpnnPc+vR086p+cRsVtVD2u0KzRMg+9y/Uo53lhrkeH3bdi5b7B"
    "KB12v4X01m9zG+62mDrLlB0AqfPMkdFozGdsG8lO0e6NpHs+l8AAWF8SGpjZbuBvoLzj3k"
    "nfYzf8upXslyn3RvL3Zo7rAjResjF8yfQKBovbK4IblxoYlaCjp5oO/bhtrRocju1eo4lP"
    "cb87THn4M3wSkU8SZ/GtB2M6s53FQ8z8w71SYX4ZwZ1V8NNiN7ZZsP1qa28p3myFj1MuVr"
    "fJqgMsDxpc6wDLzfNUaZ+GLF0i6jiaOS480cg5llZBZct0+wWWxYuwpkCZL117nzcZ5MtU"
    "2gMCcrOCi9W50fhA+0IKRW3ZhFElrYlbrAZUe79aV9ih8ytqe48aIUT7s6zsnZQ7jOB+SL"
    "lpffY9Kstu+3IZDMejEe/uxoqZNq6eN3XBv0xp9n6NkOuzfnlh9v5DjXLCXqPPJEGGPEoT"
    "3TMqARoz1WolNHMVbeJzg9mIeWQCUnAJlioEC1PCIsyzmXgJZo38giNhEFshJHO4wwsKpG"
    "7mkasr3GCIeC3opaqSYaGLVZDbGyrDXScuNE3s3Un5wv2FZHRZsBpY92GCRN11Imyu9SKh"
    "ylupPr9UqqDNevD0tFb+02lF/tNpLv/phjpBQYJZlQqJSXTeIdDzy7R1TdbvTL/oskBfWF"
    "iMAKusDlxxW7JS5xpVL9l23HxIk/a1Fm9VNFVRYXE5SmaBTyWCLxEIk3qw2lqYjR13ylw8"
    "+pkt5KorQSQPyKmZ0MyohSZZ8dK+7ReuXviBknsVRsD3XiLLpcrphvR5Qafi3p1Y1ImJkB"
    "HCEEaAFFM4cXuSHjovf/zobI3O1rgftkZ6wtWP/iQ0HUMP3nhrmau+nVpsDL5U+I3L5GXp"
    "dOZ3D33pOXYEF1GsZXVDPRv7AN40rMoeGwcCTyKRddRJ+GltzOnTOpUiT8sLRZ7m6kQmJs"
    "6yZMqPbE0otJYJHqqNIMcfuDj9sXasZyvHsR5kVOjTV+eN+vXgyHS4eT3ELgifzuYPHh49"
    "vMfosi5e05U0sMp2uyZ3q/2k0ExrsOdVURwJglMSd5UYBNwRbzGHUam2pYL/Au4v6Ei4qe"
    "pxT+3JlCUecdge9Cp1nKhMIJ5KgVeLdsXu5J2r3ST1qC47rctO09YY3NDeTzXQc/wsdbgT"
    "Aq2huacG6RvkS9B/0j+NMuUlfBKeHYCVHZLjApJj4hshdxsr+aE0GurmwsFdbnbnCLW28W"
    "6ntjkln85fX0KDn89/JbceLFjyhOl2YPWm94uG/SmCoMpz4FJEmifAuRxrj6LDMzj/hKlw"
    "j356/T41+KPMuGjtXdsK31Zy3EEa4l1Kh05G94B5oKwKLe7wVrW5TZNGq0ztctluuMDLfU"
    "HR11yXyw3Q0mJn5St0ebUzrdbmthjkNk7QxFnVgMNh8wPk7laqkYTHXOY5jAhcyaKZkGRX"
    "TNv0yX/J4dViQGZU44dZqDCz/uEDXt116P3H/wN55Fk3"
)

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "tangram"."form_link" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "form" VARCHAR(63) NOT NULL,
    "version" INT,
    "name" VARCHAR(200) NOT NULL,
    "record_id" UUID,
    "constants" TEXT NOT NULL,
    "max_submissions" INT,
    "submissions" INT NOT NULL,
    "per_hour" INT NOT NULL,
    "expires_at" TIMESTAMPTZ,
    "revoked_at" TIMESTAMPTZ,
    "created_at" TIMESTAMPTZ NOT NULL,
    "created_by" UUID,
    CONSTRAINT "uid_form_link_token_h_1c85fb" UNIQUE ("token_hash")
);
CREATE INDEX IF NOT EXISTS "idx_form_link_tenant__70fe4c" ON "tangram"."form_link" ("tenant_id", "form");
COMMENT ON COLUMN "tangram"."form_link"."token_hash" IS 'SHA-256; the token itself is told once';
COMMENT ON COLUMN "tangram"."form_link"."version" IS 'that it is pinned to; null follows the current one';
COMMENT ON COLUMN "tangram"."form_link"."record_id" IS 'that is filled in; null makes a new one each time';
COMMENT ON COLUMN "tangram"."form_link"."constants" IS 'JSON: what is set besides, by field';
COMMENT ON COLUMN "tangram"."form_link"."per_hour" IS 'submissions an hour';
COMMENT ON TABLE "tangram"."form_link" IS 'A link by which anybody who has it fills a form in.';
        CREATE TABLE IF NOT EXISTS "tangram"."form_submission" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "form" VARCHAR(63) NOT NULL,
    "number" INT NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "record_id" UUID NOT NULL,
    "link_id" UUID,
    "task_id" UUID,
    "key" VARCHAR(120),
    "submitted_at" TIMESTAMPTZ NOT NULL,
    "submitted_by" UUID,
    CONSTRAINT "uid_form_submis_tenant__14841d" UNIQUE ("tenant_id", "key")
);
CREATE INDEX IF NOT EXISTS "idx_form_submis_tenant__807aca" ON "tangram"."form_submission" ("tenant_id", "form", "id");
CREATE INDEX IF NOT EXISTS "idx_form_submis_tenant__546562" ON "tangram"."form_submission" ("tenant_id", "record_id");
COMMENT ON COLUMN "tangram"."form_submission"."number" IS 'of the version';
COMMENT ON COLUMN "tangram"."form_submission"."object" IS 'table of the record';
COMMENT ON COLUMN "tangram"."form_submission"."key" IS 'of the client, so that it counts once';
COMMENT ON TABLE "tangram"."form_submission" IS 'That a form was filled in; the answers are the record''s fields.';
        CREATE TABLE IF NOT EXISTS "tangram"."form_version" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "form" VARCHAR(63) NOT NULL,
    "number" INT NOT NULL,
    "current" BOOL NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "definition" TEXT NOT NULL,
    "note" VARCHAR(500) NOT NULL,
    "published_at" TIMESTAMPTZ NOT NULL,
    "published_by" UUID,
    CONSTRAINT "uid_form_versio_tenant__72bf3e" UNIQUE ("tenant_id", "form", "number")
);
COMMENT ON COLUMN "tangram"."form_version"."object" IS 'table of the records';
COMMENT ON COLUMN "tangram"."form_version"."definition" IS 'JSON, equal for equal forms';
COMMENT ON TABLE "tangram"."form_version" IS 'A form as it was published; it never changes.';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "form_submission";
        DROP TABLE IF EXISTS "form_link";
        DROP TABLE IF EXISTS "form_version";"""


MODELS_STATE = (
    "eJztXW1z2za2/isYfUk6w2RiOXaz8d6dsVNv622a7Cbu9vZuOypEwhJqilQJ0opub/77xQ"
    "H4/iaComRIwZfEEnFI6gA4OOc5b3+OQuzNArx4fuOxELsucW7JYunikIxeoz9HHl7AHy2j"
    "LDTCy2VuDHwT4qkr6GgyfhLmCaYsDLAd8hF32GWEf+UQZgd0GVLfA7pLlIxH4RyHCPPPHv"
    "ZCNMcMpTd9DjdzfJvfjXozRbrIo39EZBL6MxLOScCp//OfkRw9oQ6MED/+118t+BkO+UQY"
    "jIGPy/vJHSWuU2CRpBHfT8L1Unz344833/xdjIQXnU5s340WXjZ6uQ7nvpcOjyLqPAcauD"
    "YjHgn4D3FyXPIi141Zm3wlfwb/Igwikr6qk33hkDscucDr0V/vIs8GFiPxJPjn5d/iV8sN"
    "m0zevb+dfLy+nUxGlamBVyhxPf7K9j2YVuqFwKg/P8v7ZgwR347gAW++u/zw9PT8K8ECn4"
    "WzQFwU7Bp9FoQ4xJJUMD23EPMT1JXZBaIheZ58kTE9W88JOxOGacbijKXi/wo338xxUM/N"
    "ZHyJkfzFDpCFowX+NHGJNwvn/OOrFy0s/fflB8HVVy8EV30uwaSQexdfGYtLReY+kIDBKy"
    "nwN0dyhCx+2YXFL5tZ/LLCYl+8Eauy+B8f37+rZ3GOpMRih9oh+j/kUhYeIKtbWAvMgDsv"
    "GPvDzbP06Q+X/13m9pu376/KkgNucFVifXa847DK/28440K6IA0nYIm2PBEx8fPkj+Oajt"
    "ubH64/3l7+8M/CnHxzeXsNV8bi23Xp26fnpXlKb4J+urn9DsFH9D/v312Xpy4dd/s/I3gn"
    "HIX+xPNXE+zkeZJ8nXz1GXSdu/vcOQxfTLF9v8KBM6lc8cd+09jqpcV4Uf4Ge3gmJgm4+d"
    "nKtM4fSIhBI7jhyl2tWloY0K6RLuKhE5qM3aiMvvcIcojt4oA4XK3kM/4aYQ/509+JHVpc"
    "xxS/A/6QCw9lywC+fKBkZXE6ghgJQ07Nqnrrbh5Ro+KWtNk/R9kcjJb86amadM9HZUow/4"
    "N8WvLlxITcjG+UTEOBp5NEP0h28kgQ85eFD+in764/XKOALPwHsfXRzUf07se3b0dCsOTe"
    "JlPalJ4uyRqfP/r8pSvwXIvAayYXC//liM9DwOcDuMDK69Jo9vqdHAqafbKHu2qeyXijdn"
    "ZQOwvSsut6LRDpv15HIFIRDdGUuD4/VVDoXwjJIffdE4aog+78gH/nMy5K7nIXORkj7t3u"
    "RYqxZPdiyXLe07DWlL2isxsvbFjwOaoSm6mnkYnFmeDwcxAv+DIXixhWPoMV7XPVTG5brp"
    "E5KJGRHSZkBq/77C/j8enp1+MXp+evzl5+/fXZqxev+Fjx26qXvm6Ztaubb2/e3RYnDL4o"
    "TtPUd9YqpnAy/hDs4BEOOcunUUgYEnguV335PEQLAmrwivJfEIUIOCGmyp5T1+ETt7UI2o"
    "ntvJyvGbWxqyKw8jQ6Cy1pbllIvjniB4S4/wXiBr9vw+vxbWXzAfdkGfbQQIuy7vy0g6w7"
    "P22UdXCpBCkFdEaVQLuMQu95Sbwj/Ey3YZ/cBf7CggniF8J1H+4Pf9JIXk5UJVmJbCuBFp"
    "teu54OeFeQZFJriqeGzelyyXcIDfUUXHZAgHGTRmi7URmoodRZJ+iuesmTfnzy8uuXr07P"
    "X6YHfPpN27lePcMzdEQVVC1SDgCp7mkjzKnjEA8xyk+FC7SMghnfAPgu5AfD6Qvk4PX20M"
    "RBIK51q0B9n9VQ9tpn+5n8R99m05pjptmEL1JtYcNrxt3+JrhuboJ/x8u+zVPw72xrdHEW"
    "5HZSN38Bv6lLCdgg/LbkNVrNfW6hzIkH/+IQkU/8Fu7aQsyPI1W8NSI44EQBYiHoATb20B"
    "SQ/sWSWzw1wS47fM7m4JiEIyY+xsTH6KqXDYMqqp+/B6LfjsDsiN9VmCBSiKAFdogSxDXY"
    "icz1obkfKK7eApE5j2s5qoqMl8h0xjR6AuTjs5cdcAs+qhG4ENdK3FY22EzsywFYYgvCGN"
    "c5q3N7Sz41HAE5kqPYPG3Tef3ft+0gUzqbb9+/+zYZXkaeSiCTOIqUgvpyJAfhzIDXAQfT"
    "n/7SQtSxhGvJin1NlnBjWFwxv/MD/r/AQiz0SzR+MT7/rCcwuHRxjZbUPGHJ+IOYLRYtFj"
    "hYv5ZGE3icGDexcOBBtJWFQCFH3LwKKLvXZ3Z0scz/STyH8+InP7gf1Vnl+etWq0W+lCMn"
    "q2Roh1QSFpIl8sFZOKUzJG6VZIf87k+R44M7UWCNmRKcuRPnvgtPRNESBYRrxgETzsVVQD"
    "lFTSjfHp5nUleMaW5M89fHGeAmbwcu2QfsUidOmVM1b07OO1g3J2WlOjNu4NLxB1dlvM6Y"
    "CWElhRA3Zs/JAveZhOEDE+BoUVGxkvEHoWKJkGTBbJS8tx5qVJ33W93UL1Iak19rkx+HEI"
    "8R1higjahvnkRn2PfR/K0uZuGEBIEfqCApRSqtTxMRQyW8bxBfBSnnnh/yW1OXdIwZ3QfM"
    "ootReCszderswds0iafFFMwyfbq5ZO2Ihf6CW11xmDpEW935wUKaXtw4i88efpmGDPkrr9"
    "7l2vM+m5OxjH32qPYZc6OZioKbjB9GJG3mcQ+BJEKhuT7744e3EkUI/XvisQsBLsY5YL21"
    "2+FTao7RxOjrnnrRhbt8VLN76kWFvwBdRjUqTcsaTyl05vGIy376QMCOYxEDiLDrebtroz"
    "lJx1Wy2XI0B2G32f5ynRyGIqI5/lskj/G/AXVJE5MtkS/2R0Tte4FvwuxsK/R3YujlCxZ1"
    "3S55Gq03TD4PYMX11DsasFAEfmiZEXC8ITixkpgEGl6gWeCvGJquRd6ZUCgJ/y3rUqBfx2"
    "kZ2IAjS9+eVyehLf8vJdF6FiTTc9yOI6H47CQzAzsioLN52DVF6VGy/ww61ef8OAh0Shez"
    "/dK2CWPfBk22e/661WrAYzFyMgs6m/EfxAYE3ypIx4DYfuCIsyoOYJTfMOltXRACLle+DB"
    "yRgmyhGVcS+UBfUEeMm/Cgi2AklnbF1t/lw37xfvEukfjlwuHLhc+cuuI4pgxkfQA5BpbA"
    "jwLywK02R8IL1BPnBdzEkn5heDon40pvLMGohJ1s12fEESmXUiHD4S8evwZx3qLMTOznSO"
    "MZYh81u2fP0WUiAcVtxa/1V9xshN/C7xHnQPQpMgOciN2ZsroN/CVZ2aHWS37JTOBWYkHV"
    "F3pprCdjCYxE5UmgcEuTotuzpji056o/RxC1PMPAQ8Z9fwCHqYL7Pt0mChzN0+jPUOHTtE"
    "EEC+E6ww8g42Ok2Ad5uYeaSxnDc8K3K79zJPqze8/rNzvAugIEGYXe8ABftfJVn7A4gE2G"
    "o3ItxeYLNwpdrt0wvYo2ZEqEwvIuEGmfPCKeKPVI/n9VARXSJlFB9ylYCg/t6tktEPXaD4"
    "eTsrOTIHlsN1S+vQwCvG6IUshoSizXC1Ueiun/+bWyVIEVakyL9UHdeZb8tpKcHqy6Yy0/"
    "2RwvlUDylEDrI9ChMyLzM1LtjRu+5I8Iu2A5C5MtrQ8WRG6vKM1xpxy0lhS0SgaaiBmdAI"
    "avCgAWKQ0AqB0AWJ3myAtpTf2wLvOckh5MjZgvcp7FNE0klFed6GYfcpnuEIph/ZlUu06g"
    "1lQ//Pw6hjchsi6cczlMhcts6wNtJ47jgGCmpghnFDofidqqwQE/lQkAtMqVfIp02pt/e4"
    "Y3Mv70KURWpDX6hNbnTOJxUtxBJTLtN5DET/KuNt9zoQLjPRF1rPcJmaS861E0okhqVDid"
    "t1bsvu0lQ/OUZpYPYZZVNZA8lfbic8/6h4jjreVoM7iUp9EYUh6lQR0BuYsY/CGNNYu/AP"
    "bYHel4Fu0igFmXSKMPvksuGaMzD8JTRnXBRqUhVmu8UcAHT3BxdIfyEUCG5vyVcwE8UJiF"
    "UUfkUOQ6X2Db9qO09YVSGE2phsR+HqoYuxM/qUNgS4nVk5hSTId6tA7cTfWJgqb5cSaYxg"
    "TTHNdpmducCjwtUhmmliGQWIp0VT+S8UeB4+063U8jX9W+ytyLUF94bziXIbD4AmUhHaFo"
    "irI1BnFwttMX6MyKV4J4cbEULEj5AV0NjswpZuQJA4vA3r6Y3MEtB+ZHga0WUZBS6Cx3R9"
    "hZUD7RECwAaQTAt8cz8ozH6jGrm5o0rS9BkiWTpQYKFqkMKFiWVQZOP/6dY+D0YXaOLlDu"
    "ZeTQ8M2c2PdLnzYljpbGWO3JozB6YheHb0Rzb+eAqmJHxHUCTgo9RMMUXwX0kDhJHad7sp"
    "aBn3m9XJbvhQRLUOGr0O1OnqCI0xaAMkb+2JiGWOLlBGisYbDTtuIAtaBTTWWAeDtuB5vu"
    "EijZY66/wVT3qGzE+6D7io4JdC52oeWqzlg+x6y2xIiHg4bkjISixPTpOpQpDwfG9jYOxh"
    "GoqQbHTdGrm3eXH36uN0avaiJWr36+vb40bWu+DCW6HtZpcV8cBKzDpSx2ZewEP76EI9QP"
    "QJfqlYg6PJzG36T2FG6pS59SaM13mVV2e/nu2w+XP/BRbz7wgd9f/xxrtXpwH94Fh1FQgy"
    "C3nSIFMr2PktF3P1y+efbxu8tn47Pzrf0DQx4qWpmb114YrEeNlqa8bHUwMkk6cqN9+dFf"
    "ECjSM5NmHZTWc3wP7D5ChJSKw72eo8ulrFNpIQ9KjsUxO86FKO+zdLFNkgI90oaEskAeEm"
    "/+lnr3VcNzv4/exiLtUBcn4/skK/PcI3KIT1baGlLtsYKy51OzKg9qz8zojOWtn41iLO9t"
    "jxqVaKZjMEk+/uF+Iz89fSKc+RN4BRbixfLpV0++MmaKVJePsYkTP3T5wRvw4/W5kPDPQc"
    "JTwqTu8X38E5SL5nSpF3DeXC/gvNqxNndAdo8ZDE2/5Sa5JXijuqSLVI+8sLc5jnds20k+"
    "KTezLlAdC3d30sD6gCua1QhhWbksTpNIqguIdIqkZ8sThpJ1oby6O3VoOGnp0HBS7dAQl/"
    "SqTkBLcaIczWNXJ8opPL+Mnvz5+cnr1yE3X/7z6y+jGm2HWyGigk5SwhbszKkfbV/WobZO"
    "kRyYFkLqzN5Y4T847g4V/FZhJFftwJhVksAZiX5SwiMhdBNG8Usm8gKqdvbLwtuBljaL89"
    "U6Mzwh0I/dP3K1+NklvN/2nN5Jl5y4dIUihF+k0o7tPZWM4ZeyQ0JcF+ffXMsoo9CkG06N"
    "HP6d+d60/pBb+AER0f2g3kMaJrcL7YB07SPRwv+jaxOfQsyjRtReXLU6gPZuMrBTTJhEvS"
    "Fky0MCi0VJof2kC7CAwuvDvVSIN7duF/FaJSy9EfeVuLEq+punGiZUxYDABgQ24VedkMET"
    "C40t9Es0fjE+T1p6ZP3GZWl4bgShGV5q3WpoGZAH6te1E2xzs+epNPeyQ1xZoqLCaYKm5M"
    "4Pts/P3FUU17FGzo3iSIdkLsTpZYkD1osWUxLIzqYQdw0zpuEsaaVf/ejJ8KlmHSsd0UXP"
    "ivKDN+pa19ILErcaCogIc5cCkAYlfQmtSVhVuHrdYZtohVRZ6uTIT9gx8QOntTuRUel0Od"
    "KMSrdjlU4X8Xf90FRGSl5pF3fkoXPNKOgSD629liGk+gQ05GMSLQ+qe8keDHHfDui5SsPX"
    "SMgPuE5dcaBxHXDqf0qqQtS3ot/FQ7aRlXUd3awuUVCCuZM5ZaEvQ+1MAJQRlF+coDQBUC"
    "YA6lgCoGQVAxQtYeEhh7gkhEY0IODhI39Zf40WJJiRGAvp4/85HXdwT5yOG90TcOloAiBM"
    "S7dhW7od6bliAv5MwN9ONFET+/cYjN5JGKDMCKqB9pu99DmSg3TT/yl/CjdrJIBsIXwXku"
    "DXzxeAOwttBgxXlI4Tlz9vjTPvpAWRjSNWs01aotxSCg2D3KZ0xhnZFEQooIMYD3aJg+Zk"
    "CPRfmMGV0LejDA1K3g8iY3/3p5YoRur6s3464OABQw8kYLWNZRuxnRzF43qCX1R5Hb9b4s"
    "tK/RULn5tIHRkuIZ/xycuvX746PX+ZIj3pN20AjwRztIJk/xURweYGXFZetjaDs5M/0pGb"
    "HVE5qSFK5BMXr8GBKAsvYc8BWbIm4YXAVvk8yZpNwgEJtFZSSD/7XhoekIHLZxfck3w3sR"
    "oP1t4e/Yv3i3eJ0ih4+N5fQalZIsQ9WuDgHmgwv5Ej4GOxvuVToGsA4i+VvNDKj9wYaIZg"
    "bQxhbD44XgFd2trJJuavK04s5nkLD1vysIpIafWw5aiMh80AxzoZpLqI8++ErAh+4HKlVp"
    "7nr7cLdCl1gskiGdopjJPc3RFbtmXGseAK4gYqUGpvjqHyAXFep4K12WF2L2IMyKI+5HNX"
    "D9ocHho/DP7kT+oeKWocZEbOHbycK4a7pRuhqyGWIzlCJGgnCYkgYxQ4HA/XmbujVI/mZh"
    "d1REIofAVyW4hzrjqnQbhp0IcWmUl6+4S7SXXjEm5yCeuixP3Dn9Yqb/B9u9L2ezxio672"
    "E+RbCv0HWvCuQFGC7nR5RQo+x9YuLJAAtqkPOhFs1OfoG7gORq6IAY3tYQs5ovKyx1Uqvq"
    "LWVd1tnw/eWpdrNpc9bubGdew328z8ZScBf73muCr003fXH67hzblt/1/oiRj9pL3GlfIr"
    "uL7Pmjvy1b8Cunz3Df+Of1jAlxteqdt7RJzBwWSFO7Lj5h16+oTBaWHxt4o8j68kLqZaX0"
    "S+cfdXysa3v4/gw1//xhkRMwZeED7D6tvAnNxa6/ZScM/O0xW/gLE+jPWhu9JsrA9jfTyi"
    "9SGiq4TBAUUnLjIIP9FBZCEUCegTR6El4B4MkOyg6jolGYXWsyIUOm79gXIXn7P8rBcfc8"
    "07KNRR5drDBeiEZLEM19rMTOKdUKttU6A6OM9/uW7QhZwTocUL1X37EgsNcQBLvHZ9XHOc"
    "NsfH5Ei2io85nCC6nUS2CI1TTQDFBFrLH2HuQKlm4d2VVgYImUQJV5UxrzpImFeN8uVVFX"
    "gKYWvVCJdGDT5PolsUhqr6vlWoRbGggVcnoVvqGXi1svnROTgSoJ3QWbiOEvpCgxFu+QsU"
    "EtdlEB8QYpcgPozhGT9GlzjoiqQOzPUcVKGCnebItEqq2aBf+uFQKfAHgZqWtlefic6Rma"
    "6QOs8vWExqNndGoV/Y5TLwbag3KOBofuYzrsv2OeuHD7l0CWakX0P2EunB7CduTBAPDi3q"
    "QuybXDfI9iMI1cMMzbgp+OUJVBezcEKCwK/ZdM3NwYtU2m28QUSn6QqubtUbf6+W/t5bgE"
    "pGdR5fecVq9fmG6RiV5kg+11FFe6IMXrtAdzSIAU8LueBY4gsU/K78gPRkq6LWrkfb3HOz"
    "rzbJ1dvoqHX4fbr6RQXzJk600S8qfga/Lbr5iN79+PZtxdeXDOj2RDFa6Znvb+PnGhefcf"
    "Hp7pkaxsV3lGUZ8p6mJA5G1N/uBTMap5+q00+GFMVlPyEhR1aFZiQM4RCDxJoZVK6DsKK+"
    "BuHJWadZOWuZlbNjcv1tI9x377nL9AUVjT+j0krbN5hV2YQ2rsLHchWmKrHi1srTHQx+9U"
    "XuLQOYfFFTrwtg8hOZzn3//hsCFbMaWkyXx1itIMpKjubLIDe8U5nRxL2aRq57ztKnSR15"
    "2VrL5u8m87/rq4j2uMd2BZXl7TtHbZe5M0nu0IhgVOCR3H5XfVhM2vIsJUik2Rof3gzfjI"
    "uM/noXeTIdVTwJ/nn5t9H+z56NdrmBPnbO4nwN8sIW7crUEplha0OQphpQunXhCc000Mdp"
    "VyJYVuF7M3qRjNcaV2KRPQfvtB2x0F+Q4Lkst9oPyxt3Qo3GLajRuAJuTH2nBsxrdh0n47"
    "XmOuB4YHCmACqjM484oqC6jOCEDipCnYI/uk3Gvp3NRxpIu+RnEGczJGQK/S3LzQwQu6fL"
    "ZV+guxPO3QJzH1VI7bAnwXDhtXyJ1jWkao6vTQk0PlhH393e/hPJV037UWEWong9dFzPA/"
    "ManOmevZ4sVPhdJNKY54+2hLnyuORPqJHMzYdmnkZr4TwlMxqnNuSXscdWXdv/7vuUVI59"
    "0yXsbVOwI1dcViLQMfChAGDYU6rsez5cf6biSYmHa1KQeLNWCfIxmwIGMAfm6qSU/TKASY"
    "pPC4mF9vnXradpJ66XIFKp1xqP1lmlGc0Cf8UkHgpBY2vENcscWLv/g+IofR/GxVV2ccWi"
    "oNdEl2mNM1PnmU4N1j7RICVaM9O6zbRmvsvrxIPW4ru8znnZOvgu8065zb7LS/Tjh7eVKu"
    "gJoBb6rgMXZW3/qtdSmXqzv9I48YwTb+viho/P4YyjUVCTvNcM78bDdTZbe0dtvuxSDgGG"
    "tcRtvqwURci/nAKjS2RHyPCzTmGyZy1hsmfVMNk76oZxRZeu1n+O5CAQgP/8KQ5VS8SEcx"
    "Mf2itQuPj516S0DbyxcCxJI1ShPO2+IQDq2W7kkIksZFWdtivfdwn2Gk7RCnFpAqecWqOZ"
    "gzodsqbXnP+quHiXJfp5+J67jkOoRIesju6nNn/3+/dvC9N1dVNGzn784er6w9MTMXd8EA"
    "0bnOKimhVRnZ0cld7TgvltqAt4c4LVID4/DhNAmoh1G6BC1HCzwYgdkBrbrxltzih0PkZG"
    "Nl1ypTvkP0NPVHkZkAfqR2yiPgM1pAcyFYn5JF8cJV3v1CrbPdpM9SpOUaU+GKBkJF4ZiS"
    "oVlVkTASiiTMWKuB27iB06oFIMV4S5UD3GclRaH2ND2I0DnlIOZYJvUFOcKZo+VVKtheVq"
    "vo43W8CVB5S8PqKhqpwstS3vZCCdthhIp1UDKeBLXa36Z0qhWeVP7CyoR4F9oR9AGVA4rl"
    "qLgPJJWqMFBq8cdtDUj7j9JJVuiM4bwkaC46lSBjTWLieMxkV6ldLMysSHcxbd0QDMUP4D"
    "In74iEa4WfwAi2woa/XlnULGI/tFTfO0JrC5GaouUm2BVR+OX04Fq5Zh6z22TpHSbB2tt8"
    "4Bt3LWKFxUF1fy9aelH9R7kONLVnvP5mzQRnfxB4Gogol7z/Vv0WgTSgzfUYDLIe9i7q84"
    "bdw9oeow7kG/TYprh0bG4sdPQNVuzS0t5bFyMspv2SGPNX6AIAAmND/CeL6N51sX+TiQOs"
    "ENdkWG5kgMO8teounvxK7RzJqBnoxCa3wHbFb5qhA9BA9H8JsttJpTe478KASvETTjEQW8"
    "+kA956cdkJ7z0+bizKcVR7gfLOr05ObZyCi0ng2bPQCq9slln/pweuCWF0scztXgtFi4V9"
    "msWZjBtwFezv/1FolfaAlFCLSi3UBk/JcENYZyc9BGSnAQIRsPOKDwyDQxDwDI10hGnliy"
    "W9SVaOyCA3u+NYtNSx0F8B7TUGQCx+10LFEb2BKwJWQFd6/ovlM5E3ATWpSZV7CKCzQ628"
    "WjVUBDrqsi5oN11ZHdQ6dUcm65dEFVOZzS6MzhR0tU5baYZye1JhS8rgU6rf2uoB4GBK3g"
    "nwV42UUKmCgcLpwdyfLQxTGr7o89IDcsDWPB3UsJH7xDSlwyrcrs5kihHInO3B4EmN5F6M"
    "8KYvYWOLhXWeEFoqNgezm2vVNke0tce02cNZmIDwpsLhAdJZt30UyX/i+ZQIGgGjOzrR5Y"
    "ke6IimjsuSLYHQnteR3zGzmfozA6oclJH+q0PDQ37h1EZ8171tYukB5MyNMXOc85Z6PiNB"
    "cpzSzrNsu6hBD8lKrntXnoeeW9LQO9MG5jLMFPc58RRNYEIgBs3+EmPmZogR1RsvG1aAI5"
    "855R7wkTYb7c3pfO9CfsOfqeLGUC3sz3HQuJ4E3kEnzPbxbADSLPEelF1RiEPT53czszeH"
    "6lj5mJBDCRAAcgYhVc12KZV7jZbMgm44/Shh0aKjjKBmkPlKwgNzRAWXzaI7uITDjL8NFB"
    "qghXgUjnBdxXOpx1wcj5qGb5cFZByeMYRMUmAnkiEyhfrhqtaooZRMXYYFabDfZ3Kn5v1f"
    "wSF6xWy+suGdKpV1G0hLZ2EH/NyZ6jy7hOxhMmvhBh2HQhGhGJVxe1GkSPTL7pK9bUEDfc"
    "HOJdtppybYSMsWSMpQOQhQqHi6pOdAjq0AizVEzIfmZ+BECK65CACQnBWRkGvgvleUCExQ"
    "Wj1PWns07601mL/nSmkYdQtxX+OC5CWBvQfEnwTmFnlOm03iHiiGRoKmod0ADJ7G6xfCzk"
    "w8EoSos4xHZx0C8A52TcNhdZb6GvW3oLfV3ZHXM8Pjuv2xkeDhpitDOacuhZslv0mJQhJP"
    "9VHP+bKsCcmVc37y4//FwfhnNVEy989fPt9WUlWVeKU8UM6BKZseyM79xYevu19Fx/9R1l"
    "od/QszZ/3Wq3+/jIyTw3tIPTDYdozm9JoFNa6IN3i/JZxp7NR7uUW3PTtfj/QpZMhAKXSI"
    "znMqPOmbb1/RQTfJO7d07xzTNpklALNg6Qh9um/nVtFRnL0e1sySPR+YyhucezrrSVOkMl"
    "RTLDVgMOH6vKUJhWtdxrrH/itTYebE8xPMA73vCA4RPVQ/+eqNT6SccfE2A1XL4dZjWZL8"
    "3MjIcbXtbwkovIuq6OzZpHSmBQi1JpkCi0fTWvQY7EiNEOYpQza0Hq0sObUw1zJEfB4n2n"
    "Goa+CrflaMPoHox2oF75RNG7lSPSOPkNejP4UIY4jAsUI6HfQGAhnM1oDoWKiazmHnQtRL"
    "E3QEQnyPImgc6aMMubHLa2CbTM43DdolaCyIPiLhgBvQjB972kxUt9WMpGim1KC2alteQN"
    "Jx2ByBQ8yXrqNOCQpZKDRfyL3wr+lx2J1R6c0A4Bf5p4GhNPo71ynCz4rppxMv4oVIldq8"
    "VetJiSGiOuUW3ICHS2iZOKx0k9MXGEyMamIRwsDMmCLfs3mo+2CuRyvmbUxm5cAZIzHkJE"
    "s2Py8dd6dtIryOYCkZHNNUXvohrDo73qXVRndWi1mnvK55Nxp/islvCs8pqlHg0pVsTZCk"
    "QGaytXJA2IsoZWINopRweIDEg9vPLEgwqOTNhPAxRaU2e0qv+iTKazmvFo0HvMpAfKlOox"
    "lskMb2t4mxajrTK2ud5ugegQau4OIXV3UkfXI5/qpXOzSZJRmAVdW2MU1zX5bKnBnVLoXY"
    "Ib4gigQR2UFl0Sf8nNjjl+IAjyT3ZUiBvzpVtXrLWFmRmJ3tzEtiiGHEPtkpHpqw/PSehy"
    "N1F0xxdozF6vq8YnuwkqlePLkejMUxnZkl+eSqVsh9YSjrUJ12gmCjRDjh8i2J5ziwR7XF"
    "+kj4WYcVsm6JfSUaQ08Zlax2eKjII+RfJydKZEnm4zrJMH/GPo2/Ul8rKr1mbfN0sHbnR8"
    "f+evkH8HnRugCp0zI9Kh7QR4JarWhZifaFaswdJQ9F72fOhHLy8J1AZSbqoe8mFvvbnSXe"
    "JVS2J34ZHbVb4zuTdwzeTe6CNRjVNaE6e0ySfYHXOF4O5utSTDtTZZli62SeLrT974MZIL"
    "FFM1sPFxFLmpk7p4CzhTk7Z4G4NQm5TFBKzqmNpNk97KfC0zf0GmvrNuyNpuHFqry5WSPu"
    "MonrL+1hyxiBlUVSZiY2Uu/I5Bk8CESf4OJnbRxC5qLs1MirbGbD3SqMXH8xCaHNMBuWnM"
    "lx2aL8dYLb0ncweuj25iOQvc/UsH7v6lkbt/KXM3r/52VQPyNCaMs5TPiz2Hgl9Hrbt8kU"
    "zrgIwhGAqMq0ReCLRE4bRPx5vTvua0XxE6m6sEYWYEhp91CTKiFl0PR3CB0Dj7tXMFFzLW"
    "I9JjhjMq4+jXenZ9r9f0ZmRmfrWfX7WyxTkSo8ma4j97Bg0c4pKZqO6suGpLdGbplozau1"
    "AJhk3HG81XR4enQHUbPZ4J5rvR5ZkO7FQYRvruZZxarvo0ouwCzaDiC7/kiQg2/4FA3n59"
    "tZh+t9nCV2pi3Uysm+4SyjgxNWarcWIat9vBaNAyc1wFNE4JNK4u+GhrdTnHTGmxpgRHuF"
    "qH9mNSr869sSFVLCEywLHW0JNqxQtT6qLV12Kgp52H239akqQcQdeQ+xyJWbZ1heeDgD4o"
    "sTRHYThap48Qz4HnVTjaEkqRozn6OIraChY0JAsV0ZmMP0K5eXreQW6elhWHTG7CpbIWV2"
    "fNXfm+S7DXpMPVGnRTTnOADG5Dxt6/f1tQ2K5uylXif/zh6vrD0xPBcD6IL736jQ/w8aSu"
    "UH/zMs6RHOFKHl4DiOurVFnc3AshR3IULN4gWQtruW9DBJ08Kf+OS700+VL+nZWC2eRNyV"
    "WN2exPuZSFjjEDRwdUAVhGU34Yz4lzgTzRutOe8wcRBwlPHPxaZqGpaOUeoN/sKADQ5req"
    "h2XIGyvUGjCeFxVt0HheDkLimSoDepzLR+p/GZ1YaGyhU/RLNH4xPof0YHB/J0tj/7ZlLP"
    "wVlfkcldb6/MgjqzTagCFRcowznJ+TFwhDtAELBf/TTjbdJmE/2v8X2YyAddwGu+7rGdDZ"
    "rE7+NDM/R6I197lyHGFOJPkNvbqYzVXFyO1al6NYVL8LtnDSjC2cVLAFrrDCkyqcbwG7Mh"
    "KtsS6R7shgvcsXlsUypVAaoPp7LQzG3000HKgrhtls4haptF7OaQMZbvckJa/1sHmL4Q+h"
    "YvhDqD3AMFrN1xWLs48MOXvRpek1H9UoRcS1EmievFGPXIcyrXE7a+12zqZLLYC8TGcCyD"
    "UC6vxg8ZZ6DTWekotWO0THh03cZFwHfA7GoukarebUniPsraFsE//ko7kE1+6o6zIwFfid"
    "uV1RB8X1ukc96gah2hNONa+AbGVIjt9KjjEFmkyBpsMWQJXKN3IHVHh6RT0cNHXIKNCVEY"
    "p1XF9AD5aOPn53+Wx8dn6R65/MzWHi3kERudB3uYkWR79tB0zEHV7SA50rT1c37y4//Fyv"
    "117VdIS5+vn2+rKMgoLsUdBsk/E6a7baoKD772Owp8bhSbdPvsSX1POIw1f6hbgRPxddF3"
    "ocwHaIcUbA6B4HHhX/K6zuZPwRru5xJytt3GKljatW2qN2/dzrWmdC8eMLnXrxQl/gewKK"
    "IGDUAELLfh6xObm3Sj2+QMfrALdmeKhApPNSFz3MXnPtW84AI1BiHyKRwP+9Rnfpr9MOMI"
    "Ktx6LpgsaVW7ufADWUGp8EjxZU2Y+5QzBWOzE/eLhqMJn7kYrzNk+iM0/z8w+JzMk775/J"
    "5NOScqnepyVPgdLUctEZ2QzIAzcI+0DYRUozyzrPsh0Q3K+HWpHSuCkOYprVnBRFKu2tnS"
    "/MRfEx1QdGTY6K3BBrs7uCFUdvdFrcgmkTOxPAEZszMgFAwR5bkYDrKgERn6Xp/IRJ04dV"
    "HRgD3G9zCPE9WXdyaVhJE4vSxQwAME4P4/Q4ApFmAHUTVryVXRp318qh/4+Qr36s8appmG"
    "p24nXk8I5X86Oi57qJjmGkL4RvKDI0R2LU83LPPabKzRyJ4WapuwqpsRxbmquQOpOxm2jd"
    "k2sslqm2S4kXWoj5KHEM234EEdLdQx9KYenjLs5KPqo5MH1ccVYK2yzs2e2+RGuwGq2xmm"
    "y61NCaMp0RYXrhNa2537nr1makRjX3GxCV2hRt/k0+S7sGlFGm7pDFHVuNJovbZHF/0Qq/"
    "gVsM3HIwoRXHna09xM43+dcb2VyHZ2mSdn302aoQj2gh8keEXVF8J/1r0XEGTOLqox2PJk"
    "1VK0l/cJiCSVM9PkzhR2+B2f0HLsYJC0d1qEJxhNWKK0Ri7CTIDe4WAML8BRF5ppxc5NIg"
    "RghayE/yt8B5D8OSAx968lDPXVsIe46MkLf5q8tqLA1xITt5TA1WUQIj/hxl01G0ZmV0CI"
    "S08uUho7Jj8mQaiiydQEEQWaQg2T4jQc+ZLD6IDZt7WsRIED8rVu7Ungf0LU8z0SsmeuXw"
    "hXH+kMttmK4MzZEYdn4xNig3PeWrPmFxHTD4zVZcN8GPQpdCK7iAwNeamKdp6IRaeaoimd"
    "YlqoZY3rVt7SU31PgWi2zdeZb/bcMX8AoIZmpwSEahswQYxATcBeIBOV0qKYHpeJ0Ra/6W"
    "K+T63gz8hXNfKOqiAafIi+UmSeA/dC7eNTCo/UDJSoXh6XjtGe7fcWURPWA3IjJkXobPPy"
    "qjwSRRac5SJNKZ5Y/mlZlyiXs/mbmY1SzjVs9MiVJr78woxKI2jQeJr2RBAv5aNrfrV5S/"
    "dBTGQgS7Wx+DA7pwYjO8ZwZlkdagq1qjqw6xqdNroouUJlX2EGZZDUEvUhn8vNSwLaf9KZ"
    "xdebJ+B9fhcHPAI4mfkNSZRF5IXVVBVSI1kkpnSUW8fqdRns7MsP4zrHYS5WnMOaSPH/fS"
    "FgknozoPbnLNavXd4tyoDuHgSxIw34PuC/wUhZvJzJcFXiNGZ8LMCn1RFk76m2T6vUTM0W"
    "/gMvktbiQQrOMhiBuTDtRNpDGiXhdIvrfnbg5BJwvMD7KtIs+NS9S4RLWUa4VzQqzzCjub"
    "XXgpgc74/cj1V5B1guFOSeKefKZHGENcmPicJ2JAH+/d+OxlB/cdH9VcbhSumXKu+yznus"
    "SMrcDXWV+zu5nRFUKdOT7Cwcz3xtS5QGSxDKG6P/GQ56PkV/BF76EpQQlqrsXcBNyWV/Rb"
    "JxRau1+HciRWPK8sxGFUw7HmVZxR6L18uY7yQEAHdCiDZ/dapMN3/lq6OBSpldhZUI/Co0"
    "O/JnuoFZZqvone3hXQwGWtt1itZiJiks+VSBTA3jrO2Fjo5GBZRCycyMzTSSL9FCes6RZ6"
    "TxdYRam4B8OHnwScf8Fap9mBTuUCTIK3qyvx3ej1raHU2fU7WgUQ25BMCOO2LEQ3wCS5mI"
    "XCtH1GH6kuUqrbxF24+2R61N/C4IM644Ow8iaw8ibU6zHnNeRmvnWeb1PG94uaZlPGd8PM"
    "qmQNLJ2eW6dIabaO1lsnmSy1rVOkMlunnDLvkn5bp0hpdAudd87+G8HpJgcHr1a78pQz1f"
    "I0Rg6V5dASB+GCKDsPK4SGsxrFRSzp92Q9qg2LkJes9qiIJZ3EdUi7REXwoRLtTKITLABA"
    "OYuh9h32UBxkIWLOZZq5yCNnSLgq6uIdBrjj5gR1E7NgYhZaZM4+6xQOFBIsd4UiS4tUhq"
    "cm9qDJddjJv33S4t8+qYk9CMgd/aTC4YxiGB7vokDpiM251glheeB1Zxa647eXzZEDbiv0"
    "Yf7gflt+xvZo0p6nOowW7UnJvNWc6wYoVmu0bMpuYj2aeV4b62Gw+16sPDQYxWD3OwhvNZ"
    "1ov4CdI7zREM/Y15Odoz2YmR6FvgAGuPYloIEF9aKwazGiY5p904f4WGdZF6DxA7njv2R+"
    "yxdLfXeOwgCrFXQM5NBJmI7dCD2+9wiCPl6g4mNopcG3PP8zvhMSd2IX6aWnd3hB3fVXEP"
    "kHuVJxfBmCzCr+0SEP1K5Jv9rZU+qTreB20sQySVYGsDxqcM0AlsPzVEofRZYWiAxHS+0Q"
    "M4lcYWkbVFakOyywLD2ENQXKQmHah77KIi9SaQ8IiGQFj3wKhfIB+oWYFJmyyVeV0CagrV"
    "j3fLVh9oNB3fow+CDsCk0RosM5Vg5ulg1G8GXMcn054mYv62GUIx6t5uuku2a8Hq00u5u6"
    "olKuqEje7XwsulxPxx1crqfjRpcrXNInJuyfgb/wgW1/51MgmVCFayqDrFbIZpkMn9zlxn"
    "eCbaAmzROG7ugsCgiiEhtZkoD6jsRZgsgloPRAkzBoo5NcpJyIm3+OqIRcD9YMeO/N9XDg"
    "XmJkrh+CuJuBbwx8c4iKqoIlkKz9zodKPF7nI6VncNTLLrFRL5tDo15WIqNMT5ZB12oslB"
    "VWa0ah83odjV+Mz5+9OLWQ+OOnk3H8179O4j9enD47edlHARo+5kwU1a8xNIhNF9htSIlJ"
    "aMomhiR6HhMflYHxzfWbmx8u3z49fWGdl+pF5GVJqaoHUW0xHFNoXbNjCHYOWJxD3U42YJ"
    "emBrIultkb8GYJ26JqkCXXrFY7zM6N6tB6Mi6vIru2oxm3jz1o3QW2kXBY83OPsNfCPuK/"
    "4AmzijZUXZvJIW652daC4N2trKorOmtMvazVm2qyLuNTZN8h5aopl38Zj09Pvx6/OD1/df"
    "by66/PXr1Icy+rl9qSMK9uvgUxWNiaiVw01tYeNdg4dL2r+hoP11p3lYWH5Tu/zvRtdUW1"
    "U2bKeUtmynlFnWrQVdtESJOqqlXu9ihsktYdWb83+aLLAX3jQJk4LpzCS9EJrPakrgxqP7"
    "JpOnyCs/GdDu87GvDJk1RQ9hujRRRiAc6FslNzwE9bB/Jk05ey18++J2tx6gr3fsDJsZ3R"
    "LLBDGjpI7/6Bmw9+TukHLUpAoftzzssMw1raPlcmYcJXgJimeOOOrP6Nn42uYXSNg9U18h"
    "uue1xeRmMYevTKW0+gfDdVsmXXP+UC5mU6nfk9Alt6CS8ChyhUGX7AAYV34NY0P5UDchcx"
    "aFbqwyGK4p/WR50+71LD/7y5hP95pYJ/puIUZ6a5HXJGofWc/OPj+3cAcvwGh9Nv3Zi9Ic"
    "u1AJkN0Rr5KOP1Pv7hfiM/PX1iu759P4FXYCFeLJ9+9eQrA2s+utV0KxSspjpE2dV2OylW"
    "0xSqEUmKJwzBloR8fwtxcyRYL/mqlAWDuP3CzV8uI/lF2SlpTmdzklnE8XguV7HrJgXckU"
    "PEt3X1ivbyzM1mkryVCTwxgSfaKoPDaNPxQq/ws9Hgzgi0hubAZW+hXyLw2yc5zAI+ibu6"
    "Qc29rJGbTZdcDoRch1JC7gYrxiglGsjm2sXdrHZXCLXW8VZzas/Rx+s3H/iA769/RquAH1"
    "hcsNNe2vXwURXx+9RBUM3ZSTkizVOTPIjGFAbP5fVHSFJ69u2bH3KLP8lZSs7erbXwXaUt"
    "HaUibmIJdFK6P7r4iq8Ve16rdGdX25Vu5uLJNBvYpTFq4C8oIxLbh2h8zw/5XlyGrxEL/Y"
    "DIkGoLrfh1OLzQlNg+t9eSvStMuNrOp4PdeHNB0IIXoaCAyU6q8FfAb89niX+9wbeQ8XAi"
    "aYxfwfgVvnjFXUI1ahzN0+zX+tSenUvfpbaSYyGj0Fnn7ulbOD/tAlyfNgPXpzUxtQG1lW"
    "yblMIwuAODs5O1K4MzCsPgDgzOFBYFkVsgModYuWkCVyN7NG5JqYz9pp39VgAX/X5Gep7O"
    "TLF2U6yRif4GNNpRg4UuL1obDXQ7Hdcp4VrqJUlAvlQDLRREngdtNaDZBnwvBX99WrXyHT"
    "Y7rDJtNFObCmdPAOnY7eF+Qxjq0sQY1k43jjTjSNNelTEGpDEgD5vBx2pAjpbzNaM2dpE4"
    "9dMGV+kZ9fisN6bl8BU1hL5TYWcj4J+O1zusQWiHYZJKcoFmgb9iCJwjCKwhKNPEQhzw9Y"
    "1nnKMdl/fA4QwMykOqCJKUQGs5EivoFlpiqBRpgd9MhC/wKXnwaS9Z8qqDKHnVKElelQUJ"
    "l3LEc3BNQE8z8/M0OvNfm4OS7y9uh01qGgy1eRTzVFrLmJUf3IMdyvj5Intt4RDkygKv+Q"
    "l6T5Rkyl4cjwXJE/TDnIqUBnXSDnUqTrMQvL2mOU9pam3qPMsaeAfM7O6ukmqk0s49Hq31"
    "wSl18dWceMLAhCUWcD08gKotkPVNVhfI5a8J6K78PvRdB03X3eNfB1DUNULvb6DWzgN2Rw"
    "0Afnrd2ojh0/zQLmF2oMLHfWgaI+bqxgzcDdvEoA2rChrMe9uD5EBj0KoMPbwgtCmZUa/G"
    "rGxXeDIqY7VorfEQbk2rTm5CY3RZ3WZWFz3qkgS0IUshvtSuPeFs0Ca9qXluB9aKvhSVaE"
    "vEvVnZeeCWB1XrU5EjOUIUeHx21gEG5qOai6XAtVIxDr6rFDgcDz9C7p50KkVz0lKK5qRa"
    "ioY/EQqKVTkMpUIalMuMpHxgUjtE/4dcyjRCDIY4K4EZhWOyUuikXNOkdP7BDa4eGxf4/P"
    "8TeNGw"
)

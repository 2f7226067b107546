from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "tangram"."access_grant" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tenant_id" UUID NOT NULL,
    "batch_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "object" VARCHAR(63) NOT NULL,
    "record_id" UUID,
    "condition" TEXT,
    "actions" TEXT[] NOT NULL,
    "fields" TEXT[] NOT NULL,
    "shape" VARCHAR(24) NOT NULL,
    "valid_from" TIMESTAMPTZ NOT NULL,
    "valid_until" TIMESTAMPTZ,
    "until_closed" JSONB,
    "reason" TEXT NOT NULL,
    "requested_by" UUID,
    "requested_at" TIMESTAMPTZ NOT NULL,
    "approved_by" UUID,
    "approved_at" TIMESTAMPTZ,
    "revoked_at" TIMESTAMPTZ,
    "revoked_by" UUID,
    "ended_by" VARCHAR(16)
);
CREATE INDEX IF NOT EXISTS "access_grant_user" ON "tangram"."access_grant" ("user_id", "object", "record_id");
CREATE INDEX IF NOT EXISTS "access_grant_listed" ON "tangram"."access_grant" ("tenant_id", "id");
CREATE INDEX IF NOT EXISTS "access_grant_batch" ON "tangram"."access_grant" ("batch_id");
COMMENT ON COLUMN "tangram"."access_grant"."batch_id" IS 'the call that gave it, with others';
COMMENT ON COLUMN "tangram"."access_grant"."object" IS 'the object''s table name, which outlives renames';
COMMENT ON COLUMN "tangram"."access_grant"."record_id" IS 'null for all records that meet the condition';
COMMENT ON COLUMN "tangram"."access_grant"."fields" IS 'columns, which outlive renames';
COMMENT ON COLUMN "tangram"."access_grant"."shape" IS 'digest of all that is equal in grants of one rule';
COMMENT ON COLUMN "tangram"."access_grant"."until_closed" IS '{object, record, condition}: ends when this is met';
COMMENT ON COLUMN "tangram"."access_grant"."approved_by" IS 'null while it is only asked for';
COMMENT ON COLUMN "tangram"."access_grant"."ended_by" IS 'revoked, refused, closed, transfer';
COMMENT ON TABLE "tangram"."access_grant" IS 'Rights on one record, or on the records that meet a condition, given to one user for a time.';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "tangram"."access_grant";"""


MODELS_STATE = (
    "eJztXVtz2ziy/isovTip4qQSJXay8Z6tcibeiXdz2ZM4O7s7SWkgEpI4pgiGIK3oZP3fTz"
    "fAm3gTSUsyJPMlsUg0CXYDje6vG40fg4C6U5/OH124IqCOw6xLNvccGrDBS/Jj4NI5/lHT"
    "yiAD6nmZNngloGNH0tlx+1GQJRiLwKdmAC0m1BEMLllMmL7tBTZ3ke6MxO1JMKMBofDbpW"
    "5AZlSQ5KGP8GEWN+FptjttSRe69reQjQI+ZcGM+UD9228D1XpkW9hCfvzXrwZ+hsW+M4Ft"
    "8Kd3NZrYzLFWWKRo5PVRsPTktc+fL17/VbbEjo5HJnfCuZu29pbBjLtJ8zC0rUdIg/emzG"
    "U+fIiV4ZIbOk7E2viS+gy4EPghS7pqpRcsNqGhg7we/HkSuiaymMg34T/P/hJ1LdNsNHr/"
    "4XL06fxyNBoURINdyHE9umRyF8VquwEy6seNem7KEHl1gC/4+c3ZxwdPTx5KFnARTH15U7"
    "JrcCMJaUAVqWR6ZiBmBdSU2StEm+R5fCFlejqeY3bGDNOMxSlL5f8Fbv48o345N+P2OUZC"
    "x/aQhYM5/T5ymDsNZvDzxeMalv7z7KPk6ovHkqscNJhScu+jO0N5a5W518wX2KUW/M2QHC"
    "CLnzVh8bNqFj8rsJjLHokii//26cP7chZnSHIstmwzIP8lji2CPWR1DWuRGfjkuRDfnCxL"
    "H7w7+1ee2z+//fAqrznwAa9yrE+XdxoU+f8aGBfYc1axAuZo84KIiB/FfxyWOC4v3p1/uj"
    "x7948Vmbw+uzzHO0N5dZm7+uAkJ6fkIeTXi8s3BH+S/3x4f54XXdLu8j8D7BMNAz5y+WJE"
    "rSxP4svxpRu0dSZXmXUYL4ypebWgvjUq3OFDXtW2eGs+nOevUJdOpZCQmzdGanW+YwFFi+"
    "ACjLtSs3SlQb1FOo+ajuy47Vpj9IPLiMVMh/rMArMSJP6SUJfw8R/MDAywMeV34B9q4JF0"
    "GODFa5stDKBjRLAgAGpRtFu384oSEzdnzf4YpDIYePD2xEy6glapEQx/sO8eDCch9Wb0oF"
    "gMKzwdxfZBPJMHkhg6iz/Ir2/OP54Tn835tZz65OITef/57duBVCyZ3qRGW6u3K7LK9w9u"
    "7rsBD1YEXQo1WODLCcjBB3kgF0R+XPaWvX4rRwvLPp7DTS3PuH1vdjYwO1e0ZdPxukKk/3"
    "gdoEoldkDGzOGwqpCAn0rNoebdkSC2RSbch2tcgCqZZG4CmWDOZPsqpfdkd+LJAu/toNSV"
    "fWVPL9ygYsBnqHJstl2NXCxgggXrIJ3DMJeDGEe+wBHNwTRT0xYsMovEOrKBQKbY3Z/+NB"
    "w+ffp8+PjpyYvjZ8+fH794/ALaym8r3npeI7VXF79cvL9cFRheWBXTmFvLNq5w3H4f/OAB"
    "DYDl4zBggkg8F0xfkEM4Z2gGL2z4gjAgyAkpKnNmOxYI7tYqaCu+szdbCtukThuFlaXRWW"
    "kpd8sgqucEFgj5/FMCDj83sXswrUxocMW8oIMFuqrrTp420HUnTyt1Hd7KQUq+PbVbgXYp"
    "hd5yiaMjsKabOE8mPp8bKCC4ESy7cH/zK43i5aitJsuR3UqhRa7XtsWBfUVNpqymSDRiZn"
    "sezBA70FNxmT5Dxo0qoe1KY6CEUmeboLnppVb64ZNnz5+9eHryLFngkyt163pxDU/Rkbag"
    "6irlBiDVHU2EmW1ZzCXChlXhlHihP4UJQCcBLAxPHxOLLm8PTewF4lo2CtrPsxLKTvNsN8"
    "K/82k2Lllmql34Vapb+PCacbe7C65bmOCf0bCvixT8M50aTYIFmZnULF4AD3Vshj4IPJa9"
    "JIsZBw9lxlz8lwaEfYdHOEuDCB5lqrhLwqgPRD4RAdoBJnXJGJH+uQceT0myyxbfsz45Ju"
    "ZInx/T58foapdtBlVsv/7uiX07QLcj6qt0QZQSIXNqsVYQ18ZWZLCHZtxvOXpXiPr1uJSj"
    "bZHxHJnOmEZHgHx4/KwBbgGtKoELeS/H7dYOW5/7sgee2JwJATZnUbaX7HvFEpAhOYjJUy"
    "fO839d1oNMiTTffnj/S9w8jzzlQCa5FLVK6suQ7EUwA7uDAaYf3DOIbRkytGREsSZDhjEM"
    "MMwn3If/JRZikC/h8PHw5EZPYNBzaImVVC2wuP1eSEuE8zn1ly+V04QRJwEuFvVdzLYyCB"
    "rkBNwr3xZX+khHF8/8H8y1gBe/cv9qUOaVZ+8btR65p1qOFnHTBltJRMA8wjFYOLanRD4q"
    "3h3yBx8Ti2M4UWKNqRGchhNn3ME3ktAjPgPL2BcyuLjwbaAoSeXbwfv6rSu9a9675i8PM8"
    "FNPQ5DstfUsa1oy1xb9+bJSQPv5kneqE6dG7x1+MlVKa9TZmJayUqKmzBnbE67CGHziQm4"
    "tLQxseL2e2FiyZRkyWwS91sPM6os+t3e1V+l7F1+rV1+GmA+RlDigFaivlkSnWHfO4u3Ol"
    "QEI+b73G+DpKxSab2ayBwqGX3D/Crccu7yAB5tO6xhzuguYBZdnMJLtVOnzB+8TDbx1LiC"
    "6U6fZiFZMxQBn4PXFaWpY7bVhPtz5XqBcxatPXDbDgThC7c85NrxOes3Y/X+2Z36Z8IJp2"
    "0M3Lj9ZlTSeh53UEgyFRrs2c8f3yoUIeBXzBWnElyM9oB1tm43v6XmEF2MruGpx024C62q"
    "w1OPC/xF6DIsMWlqxnhCoTOPB6D77WuGfpwIBUKETdfbbTvN8XbcVj5bhmYv/DaTe8t4MZ"
    "QZzdHfcvMY/I2oS7Ix2ZD7xb6Ftnkl8U2Uzm2V/lYcvWzBoqbTJUuj9YTJ7gNYgJ06sX0R"
    "yMQPLXcEHG4KTmQkxomGp2Tq84Ug46XcdyYNSgbfsswl+jUUy4YdOOZxc1YUQt3+v4REay"
    "kopme4HWVCgXRiyeCM8O3pLGi6RelOdv/16FSX9WMv0Cld3PYz02RC/OJX+e7Z+0atA09l"
    "y9HUb+zGf5QTEGOrqB19ZnLfkmtVlMCorggVbZ0zhiFXGAaW3IJskCkYidCQS+pQgAuPtg"
    "glcmgXfP1tvuyL+8U9I/LLZcAXlM/MduRybAvU9T7uMTAkfuSza/DaLAUv2K5cL/AhhooL"
    "49uBDIzeSIPZCnYyHS6YJbdcKoOMBl9cuId53rLMTBTnSPIZohi1uBKPyFmsAeVj5dfyBb"
    "iN+C3wjGgPRJciM8iJKJypqtvgX4qVDWq9ZIfMCB8lB1R5oZfKejKGxEjavAkNbuVSNHvX"
    "mAbmrO3nSKKad/TwUB++34PFtEX4PpkmLTiapdGfoTKmaaIKlsp1Sq9Rx0dIMUd9uYOaSy"
    "nDM8q3Kb8zJPqze8fjN13AmgIEKYXe8ACMWtXVIxElsKl0VLBSTBi4YeCAdSP0KtqQGhEt"
    "hvcKkfabR+QblR0J/xcNUKltYhN0l4pl5aVNI7srRJ3mw/5s2dlKkjw1Kyrfnvk+XVZkKa"
    "Q0OZbrhSpvium/fS0MVWRFO6ZF9qDuPIu/LaenN1bdsZSfYka9ViB5QqD1EmjZU6b2ZyTW"
    "Gzi+7FtIHfScpcuW1AfzQ6dTluaw0R60mi1ohR1oMmd0hBh+WwBwlbIHALUDAItiDt3ALq"
    "kf1kTOCene1Ii5l3KWYhopKK8o6OoYcp5uH4ph/YirXcdQa2If3ryM4E3MrAtmoIdtGTK7"
    "9YK2lcCxz6hoZwinFDovidqawT6sygwB2taVfFbptHf/dgxvpPzpUohslba3J7ReZ+KIU8"
    "sZlCPTfgIp/CQbauOugxUYr5isY71LyCThXYeiEaukvQmn89SKwreddGiWspfyPki5rQWS"
    "pdJefe7Y/pB5vKUcrQaXsjQaQ8qDJKnDZ5NQ4B/KWTOgA9QVE9ZwLdpGArMumUYfucPOhL"
    "CnLqanDMqSjXJNjNp8Ix8aj+hq6wblI5CMzKDLmQQeLMwibEvuocicfEFNk4fJ0Ret0mhy"
    "NSR289KWuTvRmxoktuRYPYoopTjaZ+vg09q+UdJUv65PpumTaQ5rtcxMzhY8XaXqmZqHQC"
    "It0tT8iNsfBI637e1+GsWqdlXmXqb6Yr9xXcbE4lOSpnQE8lCUW2MQe+c73cNgVjQSZMfl"
    "UDBwyw/aarhkjqlgRwI9AvP2xeT2bjgIHvpmu4yChEJnvTug1twGQWOyAG4jQL7dnZPXR6"
    "zusrppv03rPmiyWFjtQMFVqh4UzOuqHk4//JnTw+mbmTm6QLnn11UIrrpj1AK37LoxXCvP"
    "xDFN5uEZk7JmrpEUdERgXaU/RynzWO7ADl4SGlp2gPfBGMc9lTwMxvx77JBVHLyzhZe0hG"
    "NX8LCyzZRGk42OkrmjmS0C7i83hZjWlQQohZpK6gFEk/B2YOk24ZEd7vDvkdQdmhgHcYrH"
    "p2/Oa/XrwZEEEkbYBRHQuffg4dHD3s6Q7zrIAtLKgSChhwOPWMxhAe4BQQWPP6GzfEnmzJ"
    "+y6DyJLijE02EDFOLpsBKFwFv9bsp+N+V9WlfMoP3hZhma3qEp42dbFb5KpbPi6Bio2zw+"
    "rFjW+gy5FaoDZPRWjpA7iIOvMsbnl8HRj5ujly//ENwdfxmUGJ6DH+pTwK1ZOe3q680ppj"
    "hJawYdV5K0k7c1PQTLpKEomSY1m4sTirveW1witbE9BUb+9rVccBI6iOoPOMwiM+bfPnyt"
    "3ODCNuNoQ0np8lmTj7FCdcc6qISDUf8wHPgHH6vaqA6fdrMBm2ijk2pldFLcTLy/ZTcfF3"
    "kdn3QbpU0m57vMObhIDRm+gYKaWkGy/xsyyeYKXFbdNtaDs6NvScu1EO15RmuoOnoOXSan"
    "JcBaZqEuWbLgVGKrICdVLgnbypcZcQ5rel05HnhsWlRQFWZTydlsu3u1KvCnnL30IADM4J"
    "Xqnsypf4U0FB5kSfhYjm/1FkzYJdCpuEMLHjoR0IzbligRDPfGpnULbwMcK/k1xYmlnEfw"
    "wbWl9yqx4uRlBZVSW0Q2Q7UZtdIDxz1wfFgRtjdSV/jvaMURm9n79QpdaR1/NKdNj9i8RP"
    "U4mTBTVUShkeKKK55eMdSxngdDwnqZKNbqgNmVOppiXtTf23zR+kM1o5fhn/Cm2x2v2QfI"
    "ej23V3ou6xdkJkJTRyxDcoBI0JNGp7U8qTmt5UnxtBbUMS04HDXXmbuDxI4Gt8tWxbTxEu"
    "ptqc7xeOT4HOQk6UOLo3P0jgk30+p9SLgqJKyLEfc3Pi413vB6vdH2R9Rira2GZ6wn5ez4"
    "Ag0l3BiaNaTwd+Tt4gDxZc17tIlwoj4ir/E+OrmE+iz2hw1iMWohqcCK8sui7bbLF9/alq"
    "t2l11wc6MU0vU+M3R2hIccVedVkV/fnH88V0X4yf+QI9n6qH47bOsuOJyL6s2w5V0gZ+9f"
    "wzX4MceLa7rUrB8hMNgfLWhDdly8Jw+OBK4WBvQqdF0YSaCmajuiety8S2n7+v5IPvz5L8"
    "CIiDHYQfyNo28NczJjrVmn8JmNxRV1oPc+eu9Dd6O59z567+MOvY/00NMF2CKnKYQf2yCq"
    "JJgC9JnVYjfuTs7ujBeqxrsiEwqtpSINuqiOcrTOwlovf+JxRFHlExuuYNDh9FYnE25FMn"
    "F0ol1J8RWqvYv8x6dO4WFVY/DWT5VMpBUvTffbFxuvyAPw6NLhtFUx3AzJHtTB3cRqupXM"
    "FmlxtlNA+3AUqnR3DCJUdFd5GahkYiO89emnDTTMi+qzT4vAE57VGpQol0oLPkuiWxZGW/"
    "N9Y2eXCqyG1YKJSXvdODiQoJ20WRge6C4tGBmWPyUBcxyB+QEBdRiBZoJOYRn1qN8USd0w"
    "1zNQRRvsNEOm1aaaNfYlD4jKYLz14rcXqGluenURdIas35Cts3zRY2rnc6cU+qVdej7Hgz"
    "cVHA1rvgBbtstav/mUS4dRwbrVQsqR7s18GshjHWDRsh3MfVPjhsiydAKz4KbgCt4/hepQ"
    "EYyY7/OSSVddl2eVSruJtxHV2Rfkae/V9/FeLeO9lwiVDMoivuqOURvzDZI2a6O+n/ic4e"
    "HhU3QYxoxYK/DaKZnYfgR4GsTBwBIMUIy7wgLpEpddM78Y0N3QM9fHauO9emsDtRY8p2lc"
    "VDJvZIVr46LyM+Cx5OITef/57dtCrC9u0OyNsnWrd364jN7bh/j6EJ/ukanNhPgOsixDNt"
    "IU58Hg0eCsE8zYB/3aBv1UShEG/WxXbsjBUXNKBAsCXMRwY80UmE0wrairQ/jkuJFUjmuk"
    "cnxIob/bKPftR+5Se6GNxZ9SaWXt95hV3oXuQ4V3FSpMTOKWUytLtzf41b2cWz1gcq9Erw"
    "tg8isbzzi/es2wYpa/HJRBJ/k2Ri2IslCtYRhkmjcqMxqHV5PMddfyuI1ZBDKxTKbImNA3"
    "tf+7vIpoh2fcaq939PjGWdt57oziJ1QiGAV4JDPf274sIq15VytIpD/GqT/GSXvoIzdFmz"
    "I1R9aztSJJsx1QeuvCE5pZoLsETDNaAllW4Hs1ehG31xpXEqE5w+i0GYqAz5n/SJVb7Ybl"
    "DRuhRsMa1GhYADfG3CoB86pDx3F7rbmOOB46nAmAiuc9MksWVFcZnONloMwp/KOZMHYdbD"
    "7QRFoP1iBgM27IlPZbujfTJ+LK9ryuQHcjnLsG5j6olNrNrgSbS6+FIRq2yq9NCDReWAdv"
    "Li//QVRX47pxmGJDovHQcDxvmNcYTHfN5Wjeht+rRBrz/M6GMBiPHryhRDPXnYOW0mitnM"
    "dsakdbG7LD2BWLpieN73qVbJ37pkva27pkRzBcFjLR0edYADDoqFV2LQ+HT9tEUqLmmhQk"
    "Xm9Von5MRSAQ5qBgTirdrxKYlPo0iBxoN19vLaathF78sE291qi1zibNYOrzhVB4KCaNLQ"
    "lYlhmwdvcLxUHGPvoQVz7EFamCToLO0/bBTJ0lnTisXbJBcrS9pHWTtGaxy/M4glYTuzzP"
    "RNkaxC6zQbn1scsz8vnj20IV9BhQC7hj4U1V278YtWxNvT5e2Qfx+iDerYsb3j2HU46Gfs"
    "nmvWp4N2qus9vaOWvzWZNyCNisJm/zWaEoQrZzLRidIztAhh83SpM9rkmTPS6myU5sJ4gq"
    "ujT1/jMke4EA/PZDLqqGzAkHFx+PV7Dx5s3XuLQN9lgGlpQT2qI87a4hANs1ndBiI1XIqi"
    "i2V5w7jLoVq2iBOCfAMVBrJDms06Fqes3gq6LiXYY8z4O7zjJKoZInZDUMP9XFuz98eLsi"
    "rlcXeeTs87tX5x8fPJGyg0Z2UBEUl9WsWFvpZKj0FguFx9gO4s0xVkNAPpaQQJrMddtAha"
    "jNSUMw02clvl812pxS6LyMDEzbA6M7gM/QE1X2fHZt81CM2kughHRPRBG7T6rjJD71rl1l"
    "uzuTVKfiFEXqvQFKBrLLRFapKEhNJqDIMhUL5jQ8RWzfAZXVdEWURdtlLEOl9TK2Cb9xg6"
    "uUZQvJN6wpLlq6PkVSrZXlYraMJpsPxgOJu0/soK2ezB1b3shBelrjID0tcZCUqTMSdlQx"
    "ttWepzzx/ijGie2jTwQfEIImlKeypsFsEZpYY+n+qcQ+PHivxDwuybKtxk1XqfoT3XPAqc"
    "qh7jB1Vin7qaP11Nnjc4U1yl3UJa75V1v2vBjMlDeM2gjmJG7SaMdl6OHmfLACkewROYvQ"
    "viMhL8hNAPZcbqeUXZeIk6z0AWo1b4ds5IHrY5u5DZjZzZB92LMPe+qijzazfMv/C9ysdk"
    "rj9lp7olQkasJIDiecgCKAJUlqCGBl4HMHgwyowhqffZALlR4fN4mUHh9XB0rxXg7Wtv+P"
    "jXAjVEnwrm7f4yrdIa24O976iGMDt5C23QKZp9N6hsglUpCxRGxsnyhYQA4fQ53fJwFSi5"
    "kO9bvukKyTRbpD8nnNDsnnhdkxo8Pjk7KZ4VK/4tiWlCYPXMazRQ+hbAS5jOLNiUsBzHx1"
    "8f7s47/L4wivSuLTr/59eX5W8PKUOm3pOufIet+5z0q/J76zLp7emSmrsg/KnL34nlHr79"
    "FMqwaJqh4sHRxP/iKez/FhKtF0Tpcy7oanggVcFs5RhvmphJ/5+A9mBuT3UDD/9ygb1V9G"
    "TQie94MJq5itit0qS3Hd2XvXFz9mc2o7hbLHve/Y+457oF3bFGiR47yFiZwQaG0bO3yBh1"
    "lQfJLgSo2od7p4AAkoEw48kQ26eY1NTiCBVjVeY+EMkkN04zsnMG+h7KxHhVhwWI1nVMza"
    "MLpAqDPHB9SfcndoW3ECrUygcTmJvwIGvYvnBsBy2ckn3IpsfO6UgSU1B3kmFHd9iOf2be"
    "XzfxXP46wq/FFfzaa08odmwxdslGsmT4KMkk86ARcnTXCLvEORgS1OCtrDocGE+3NwGua2"
    "a+Org7JCCbUJWNUP0Tofa4AWuHJXI7NaQbAgK5maT91llFs5byas3eRtzUMRjFQO+ijWfi"
    "0FVvUIvcWFXlGi7tHxgZUA+Nd04/5upIP5SxL9aF0VqoRSZ6x8oCqOxALB4mmuyTIZW2CN"
    "/mS7DdXchosqJLZNtFejA45V8Yi9yae7N3hW4Zw7HHkj2+0g8xLyXt46y7uHqe+VmPvsyD"
    "WS7bMj+6nDSsXcNjpq9VOncupYzGHdps4qZW9b6Dxz+rziTXtlfAGf3zLOlaXp9VBeD3nU"
    "D+ZVZxFUM7VA2HNWnwz4M8/+Oys/jCi6ZdRnRXj2KDpLs0lWBDRVaGecnWAgAIq1FijCoS"
    "RKslAlMwWPTw8SRIYqyvIdNvDEvsyXBhPCIPubs7B/Zb6iWdGSpatUPU/73INdnvDs+Wxi"
    "f2/D4ZRiMzzexonxAzEDqxPT8jDqLgwywTJeMrLhg6/Qhfkbj9vCGluR8FGXb56l0jvjfP"
    "DpzdlPw+OTuLiNqscVmTVa5qH3uR7VPC/N9eix+06s3DcYpcfut5De+t2z4W6HqbNK2QOQ"
    "Os8cGY3GfMaukewM7d5IehBwCQyA9SWhgbnthsEGyjvunfR9ds2vOsl+lXJvJH9v5rguQO"
    "NHNoEvmV3CYHEHZXDjSgOjFnT0VdNRkLRtVIPDsd0rNPEp7neHKQ9/Rk8i8kniNLn1YELn"
    "trN8iJl/uFcqyi8juLMKflrs2jZLtl9t7S3lm63wccrF6jdZ9YDlQYNrPWC5eZ4q7dOSpS"
    "tEPUdzx4WnGrnA0jqobJVuv8CyZBHWFCgLpGsf8DaDfJVKe0BAblZwsTo3Gh9oX0ihqC2b"
    "MKqkNbHAakCN96v1hR16v6Kx96gRQrQ/y8reSbnHCO6HlNvWZ9+jsux2IJfBaDwaye5urJ"
    "hp4+p53RT8y5VmHzYIuT4dVhdmHz7UKCfsZ/SZJMhQRGnie0YtQGNmWq2FZi7jTXxuOB8z"
    "n0xBCi7BUoVgYUpYhPk2Ey/BrJFfcCQMYiuExIM7vKRA6mYeub7CDYaIbwW91FUyLHWxSn"
    "J7I2W468SFtom9OylfuL+QjC4LVgvrPkqQaLpORM21XiRUeSvV55dKFXRZD56cNMp/OqnJ"
    "fzop5D9dUycsSTCrUyEJic47BAZBlbZuyPqd6RddFugLC4sRYJXVM1csKlbqQqP6JdtOmo"
    "9o2r7R4q2KpioqLC5HyTwMqETwJQJhUh9WWwuzsZNOmcuf/s6WctWVIJIP5NRMaebUQpOs"
    "fGnf9gvXL/xAyf0aI+DHIJXlSuV0Q/q8oFNx704i6tREyAlhBCNAiimauANJD52XP256W6"
    "O3Ne6HrZGdcM2jPylNz9CDN9465qpvpxYbgy8VQesyeXk6nfk9QF/aw47gIoq1rK6pb2Mf"
    "wJuGVdlnk1DgSSSyjjqJPq2LOX3SpFLkSXWhyJNCncjUxFmVTPWRrSmF1jLBQ7UR5PgdF6"
    "ffbx3r2cpxrAcZFfr0zXmtfj04Mh1uXo2wCyKgc+/Bw6OH9xhd1sVrupQGVtVu1/RuvZ8U"
    "mWkt9rwqiiNBcErirhKDgDviLz0YlWpbKvgv4P6CjoSbqh73zJ7OWOoRR+1Br1LHicsE4q"
    "kUeLVsV+xO3rneTVKP6rPT+uw0bY3BDe39VAO9wM9Khzsl0Bqae2KQoUG+hMPHw5M4U17C"
    "J9HZAVjZIT0uID0mvhVyt7GSH0qjoW4uHdzVZneBUGsbbzGzzRn5dP7zR2jw9/N/k4UPC5"
    "Y8YbobWL3p/aJRf8ogqOocuAyR5glwLsfao+jwnJ1/wlS4n375+V1m8MeZcfHae2srfFvJ"
    "cQdpiPcpHToZ3WfMB2VVanFHt+rNbZo2WmdqV8t2wwVe7guKfst1udoArSx2Vr1CV1c702"
    "pt7opBbuMETZxVLTgcNT9A7m6lGkl0zGWRw4jAVSyaKUl+xbTNgPyXHF4tBmRGPX6Yhwpz"
    "6x8+4NVdh95v/h+6x5yf"
)

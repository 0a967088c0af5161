-- This source file is part of the Grounded open source project
-- Copyright (c) 2026 the Grounded project authors
--
-- See LICENSE for license information
-- SPDX-License-Identifier: MIT

PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES('v1');
CREATE TABLE tenants (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    purge_due INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO tenants VALUES(1,'alpha',0);
INSERT INTO tenants VALUES(2,'beta',0);
CREATE TABLE generations (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    identifier TEXT NOT NULL UNIQUE,
    model TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    pooling TEXT NOT NULL,
    query_prefix TEXT NOT NULL,
    passage_prefix TEXT NOT NULL,
    precision TEXT NOT NULL,
    maximum_tokens INTEGER NOT NULL,
    chunking TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'filling'))
) STRICT;
INSERT INTO generations VALUES(1,'hashing@1/64/mean/fp32/256/q=/p=|paragraphs/1','hashing','1',64,'mean','','','fp32',256,'paragraphs/1','active');
CREATE TABLE documents (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenants (key),
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    UNIQUE (tenant, id)
) STRICT;
INSERT INTO documents VALUES(1,1,'fruit',2);
INSERT INTO documents VALUES(2,2,'animals',1);
CREATE TABLE texts (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenants (key),
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    length INTEGER NOT NULL,
    UNIQUE (document, hash)
) STRICT;
INSERT INTO texts VALUES(1,1,1,'sha256:5d8f5e11f3255943794d0c1f159d45334f5cd173784c0f3d978e2f8d0f29a436',20);
INSERT INTO texts VALUES(2,1,1,'sha256:9c29de2716a43eb2f988aadc46fc6b746ed1aac96f9283cbd336115709d3c86d',16);
INSERT INTO texts VALUES(3,2,2,'sha256:cf529d11b00960d0d65c2b58e7b8cbf6c67e448772711587c7bfdbb96acfa45b',19);
CREATE TABLE text_parts (
    tenant INTEGER NOT NULL REFERENCES tenants (key),
    text INTEGER NOT NULL REFERENCES texts (key) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (text, part)
) STRICT;
INSERT INTO text_parts VALUES(1,1,0,X'6170706c65732067726f77206f6e207472656573');
INSERT INTO text_parts VALUES(1,2,0,X'636865727269657320646f0a0a746f6f');
INSERT INTO text_parts VALUES(2,3,0,X'61207a65627261206861732073747269706573');
CREATE TABLE revisions (
    tenant INTEGER NOT NULL REFERENCES tenants (key),
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    text INTEGER NOT NULL REFERENCES texts (key),
    created_at REAL NOT NULL,
    title TEXT,
    url TEXT,
    metadata TEXT NOT NULL,
    format TEXT NOT NULL,
    PRIMARY KEY (document, number)
) STRICT;
INSERT INTO revisions VALUES(1,1,1,1,1795454166.9370412826,NULL,NULL,'{}','plain');
INSERT INTO revisions VALUES(1,1,2,2,1795454166.9527583121,'Fruit','u','{"lang":"en","tags":["a",1]}','plain');
INSERT INTO revisions VALUES(2,2,1,3,1795454166.9651432036,NULL,NULL,'{}','plain');
CREATE TABLE chunks (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenants (key),
    generation INTEGER NOT NULL REFERENCES generations (key),
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    range_start INTEGER NOT NULL,
    range_end INTEGER NOT NULL,
    heading_path TEXT NOT NULL,
    vector BLOB NOT NULL,
    UNIQUE (document, generation, ordinal)
) STRICT;
INSERT INTO chunks VALUES(2,1,1,1,2,0,0,11,'[]',X'511f423e1350093e53e24b3e03d368bdbf2aa5bd984fa43c87e0bfbd25ba663e5b815dbda4be4e3dc6917dbed0712fbd009f453ed766dcbdcaac3ebb3a6c923d2cf4183e282b213d8b0dcbbd84ba3c3d6dd9f13d00b0373ecfc04d3e3ff817be9184f1bd29e4093e057b853d9a9c29bdc4a95e3efd086cbd2ba5bf3c1c2cb2bdd189833d39791d3d9834eabdb51cdc3dddda0ebeacb7cabd203793bd684971bee54595bd48aebe3dd2be56be87212c3edd10863ec8652d3e3bc0573e1c06c8bd51ecccbdc6b162bc1cb10bbb9ce9b53de9d4b7bcebed0d3e442cb23d8db061bc4fadfdbdacef4bbda222f0bd900db2bb7e069ebda709ff3da7234cbcbc9c04be');
INSERT INTO chunks VALUES(3,1,1,1,2,1,13,16,'[]',X'8ee8343dfd4916bd42d3203e7b6924bdc57ac9bdb305393ea3784fbd8d7d353efd73d63d6b4bd1bb305d16be277729be937aefbc91c657be356613be7b404ebd1d5cb13d00f1d33d51acd839f991c3bc2575833e2ec1a73b951ecd3d84d552bd8b7c40bec2cb28be0ba8893e94610ebe7b9a1a3e2e9f78bd0e80d7bd5b718a3da0b3b33cf2b5f53d309249bd28a2a03cc83fac3b7f100abd5529923c8d57803db92ca03d51006a3d01aa61be344c8c3df4e58c3e063f9b3d7a8f55bc9e2c963d53515abecc786d3e3bd6e6bc1bdc1cbbff71ddbbe3de503ed55321be431513bd35a6933c02a57f3dec1f083cd3f840be7438eabd5c9daa3d8b73af3debd0813e');
INSERT INTO chunks VALUES(4,2,1,2,1,0,0,19,'[]',X'224454bdbbc11f3e3adcbebdcc2503bd6287d6bd94d53ebe7f2e9d3da7af5abc73d96fbd5e3b8cbde900e23d05183ebd043f743c221d8bbcfeabdbbd849dc73da7f1973e54a6a7bc37e217becb093fbe986c173e99d5713c2fa9f6bd68c4893b957903bebdf3643d1987003ec328033dbeac42bdd0a437bd9f8af53cb6fb48bd3dee66bd73af893d1016d93c62a805bea0112ebe1133143e58914bbe68ddeebd91ac6d3ed1fc003ee7ea523e2aaa903d5c1a943c46431ebe493932beb1abf53df94f11be008b79bef0eeecbd357a643ee3905dbe17acee3d51403fbd96615e3d8c093abedc63033ef4b7bb3a7404393e122345bd9c8f99bdcfb681bbcb222ebe');
CREATE TABLE jobs (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenants (key),
    id TEXT NOT NULL UNIQUE,
    created_at REAL NOT NULL,
    total INTEGER NOT NULL,
    indexed INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    quarantined INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO jobs VALUES(1,2,'job_2feadc27-0756-490a-a27e-ad3870a5b524',1795454166.971253395,1,0,0,0,0);
CREATE TABLE job_items (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL REFERENCES tenants (key),
    job INTEGER NOT NULL REFERENCES jobs (key) ON DELETE CASCADE,
    item INTEGER NOT NULL,
    document TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    leased_until REAL,
    reason TEXT,
    header TEXT NOT NULL,
    payload BLOB NOT NULL,
    UNIQUE (job, item)
) STRICT;
INSERT INTO job_items VALUES(1,2,1,0,'waiting',1,60.106282794999998488,NULL,'{"title":null,"url":null,"metadata":{},"format":null}',X'74657874');
CREATE TABLE job_failures (
    tenant INTEGER NOT NULL REFERENCES tenants (key),
    job INTEGER NOT NULL REFERENCES jobs (key) ON DELETE CASCADE,
    item INTEGER NOT NULL,
    document TEXT NOT NULL,
    quarantined INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (job, item)
) STRICT;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('generations',1);
INSERT INTO sqlite_sequence VALUES('tenants',2);
INSERT INTO sqlite_sequence VALUES('documents',2);
INSERT INTO sqlite_sequence VALUES('texts',3);
INSERT INTO sqlite_sequence VALUES('chunks',4);
INSERT INTO sqlite_sequence VALUES('jobs',1);
INSERT INTO sqlite_sequence VALUES('job_items',1);
CREATE UNIQUE INDEX one_active_generation ON generations (state) WHERE state = 'active';
CREATE INDEX revisions_of_text ON revisions (text);
CREATE INDEX chunks_of_tenant ON chunks (tenant, generation);
CREATE INDEX job_items_of_document ON job_items (tenant, document);
COMMIT;

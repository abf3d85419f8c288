--liquibase formatted sql

--changeset gatehouse:0014-explain-invalidations
--comment: Says how long a row lives since every replica carries it out. A comment: SHARE UPDATE EXCLUSIVE for an instant, which lets reads and writes go on.
set local lock_timeout = '2s';

comment on table invalidations is 'Sessions that ended or changed and whose copy may still be in Redis. A row lives for ten seconds, in which every replica removes the copy from the Redis that it uses; longer while Redis is away.';
--rollback set local lock_timeout = '2s';
--rollback comment on table invalidations is 'Sessions that ended or changed and whose copy may still be in Redis. A row lives for milliseconds; while Redis is away, until a replica has removed the copy.';

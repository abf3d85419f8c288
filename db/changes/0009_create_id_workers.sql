--liquibase formatted sql

--changeset gatehouse:0009-create-id-workers
--comment: Who may give out ids under which number. A new table of 1,024 small rows: takes no lock that anyone could wait for.
create table id_workers (
    worker       smallint    not null,
    holder       uuid,
    holder_name  text,
    leased_until timestamptz not null default 'epoch',
    ids_until    timestamptz not null default 'epoch',
    constraint id_workers_pkey primary key (worker),
    constraint id_workers_worker_check check (worker between 0 and 1023),
    constraint id_workers_holder_check check ((holder is null) = (holder_name is null))
) with (fillfactor = 50);

comment on table id_workers is 'Worker numbers of Snowflakes, one row each; a replica leases one and renews it every other second.';
comment on column id_workers.worker is 'The number within the ids: ten bits, worker and process of @sapphire/snowflake.';
comment on column id_workers.holder is 'Drawn by the replica that has the lease; null when it was given back.';
comment on column id_workers.holder_name is 'Host and process of the holder, for people.';
comment on column id_workers.leased_until is 'By the clock of the database; past it another replica may take the row.';
comment on column id_workers.ids_until is 'The holder gives out only ids whose own time lies before this; the next one starts here, whatever its clock says.';

insert into id_workers (worker)
select generate_series(0, 1023);
--rollback drop table id_workers;

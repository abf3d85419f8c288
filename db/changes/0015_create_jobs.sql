--liquibase formatted sql

--changeset gatehouse:0015-create-jobs
--comment: Who runs which job, and what became of each run. Two new, empty tables: takes no lock that anyone could wait for.
create table jobs (
    name         text        not null,
    tick_at      timestamptz not null,
    fence        bigint      not null default 0,
    runner       uuid,
    runner_name  text,
    leased_until timestamptz not null default 'epoch',
    running_tick timestamptz,
    attempts     integer     not null default 0,
    retry_at     timestamptz not null default 'epoch',
    completed_at timestamptz,
    constraint jobs_pkey primary key (name),
    constraint jobs_name_check check (name ~ '^[a-z][a-z0-9-]{0,62}$'),
    constraint jobs_runner_check check ((runner is null) = (runner_name is null)),
    constraint jobs_attempts_check check (attempts >= 0)
) with (fillfactor = 50);

comment on table jobs is 'One row per job that runs once for all replicas: up to where its ticks are done, and the lease of whoever runs it now.';
comment on column jobs.name is 'As in ./gatehouse jobs list.';
comment on column jobs.tick_at is 'Ticks up to this one are done, passed over or given up.';
comment on column jobs.fence is 'Grows with every lease; whatever a run writes is written only while this is still its own number.';
comment on column jobs.runner is 'Drawn by the replica that has the lease; null when nobody runs the job.';
comment on column jobs.runner_name is 'Host and process of the runner, for people.';
comment on column jobs.leased_until is 'By the clock of the database; past it another replica may take the job over.';
comment on column jobs.running_tick is 'The tick of the latest attempt; null for a run by hand.';
comment on column jobs.attempts is 'Attempts at that tick so far.';
comment on column jobs.retry_at is 'No attempt before this, after one that failed.';
comment on column jobs.completed_at is 'When a run was last completed.';

create table job_runs (
    id         bigint generated always as identity,
    job        text        not null,
    tick_at    timestamptz,
    fence      bigint,
    replica    text        not null,
    started_at timestamptz not null,
    ended_at   timestamptz,
    outcome    text        not null,
    row_count  bigint,
    error      text,
    constraint job_runs_pkey primary key (id),
    constraint job_runs_outcome_check check (outcome in ('running', 'completed', 'failed', 'timed-out', 'stopped', 'lost')),
    constraint job_runs_ended_at_check check ((ended_at is null) = (outcome = 'running')),
    constraint job_runs_row_count_check check (row_count >= 0)
);

create unique index job_runs_job_fence_key on job_runs (job, fence) where fence is not null;
create unique index job_runs_job_tick_at_key on job_runs (job, tick_at) where outcome = 'completed' and fence is not null;
create index job_runs_job_started_at_idx on job_runs (job, started_at);
create index job_runs_started_at_idx on job_runs (started_at);

comment on table job_runs is 'Every attempt at a job, kept for RETENTION_DAYS. One is completed per tick; the unique index sees to it.';
comment on column job_runs.id is 'Order of the attempts as they were written.';
comment on column job_runs.job is 'Name of the job; no foreign key, because the history outlives a job that is gone from the build.';
comment on column job_runs.tick_at is 'The time that the schedule named; null for a run by hand, and for work that every replica does for itself.';
comment on column job_runs.fence is 'The lease it ran under; null for work that every replica does for itself.';
comment on column job_runs.replica is 'Host and process that ran it, for people.';
comment on column job_runs.started_at is 'By the clock of the database.';
comment on column job_runs.ended_at is 'By the clock of the database; of a lost run, when another took over.';
comment on column job_runs.outcome is 'running, completed, failed, timed-out (over its time limit), stopped (its replica was told to stop), lost (its replica was gone when the lease ended).';
comment on column job_runs.row_count is 'Rows that it dealt with; null unless it was completed.';
comment on column job_runs.error is 'Why it was not completed.';
--rollback drop table job_runs;
--rollback drop table jobs;

-- Refusals are shown to people: those of an hour that is over become one row each, so that a month of them is few rows.

alter table rejects add column first_at timestamptz;   -- of the first one, once an hour's rows are one; `at` is the last
create index rejects_single on rejects (id) where first_at is null;

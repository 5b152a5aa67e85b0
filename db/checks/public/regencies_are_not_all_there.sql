-- fatal: the kabupaten and kota are not 514, or the provinces not 38 (db/reference)
select (select count(*) from regencies) as regencies, (select count(*) from provinces) as provinces
where regencies <> 514 or provinces <> 38

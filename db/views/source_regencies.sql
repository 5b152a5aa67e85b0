select source, regency_code
from source_regencies
order by source, regency_code

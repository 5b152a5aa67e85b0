select source, province_code
from source_provinces
order by source, province_code

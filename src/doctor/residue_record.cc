#include "doctor/residue_record.h"

namespace oubli::doctor {

Result<ResidueRecord> ReadResidueRecord(access::ServerFile& file) {
  ResidueRecord record;
  OUBLI_TRY(file.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto select,
                     connection.Prepare("SELECT clean_at, findings FROM residue_check"));
    OUBLI_TRY_ASSIGN(const bool found, select->Step());
    if (found) record = {select->Int(0), select->Int(1)};
    return {};
  }));
  return record;
}

Status WriteResidueRecord(access::ServerFile& file, const ResidueRecord& record) {
  return file.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(
        auto put,
        connection.Prepare("INSERT INTO residue_check (one, clean_at, findings) VALUES (1, $1, $2) "
                           "ON CONFLICT (one) DO UPDATE SET clean_at = excluded.clean_at, findings "
                           "= excluded.findings"));
    put->Bind(1, record.clean_at).Bind(2, record.findings);
    OUBLI_TRY(put->Step());
    return {};
  });
}

}  // namespace oubli::doctor

// The key file of a member: block key, payout key, transport key, and the identity of the journal that belongs to them.
// Text, one "name value" a line; readable by its owner only; sealed under a passphrase when one is set. Whoever reads
// it can sign as the member.
#pragma once

#include <string>

#include "crypto/keys.h"
#include "federation/agreement/journal.h"
#include "util/result.h"

namespace sluice::signer {

struct MemberKeys {
    std::string name;
    agreement::JournalId journal;
    SecretKey block;
    SecretKey payout;
    Secret<32> transport;
};

// An empty passphrase leaves the file in the clear. Errors name the file; an existing file is never replaced.
Status write_key_file(const std::string& path, const MemberKeys& keys, std::string_view passphrase);
Result<MemberKeys> read_key_file(const std::string& path, std::string_view passphrase);

}  // namespace sluice::signer

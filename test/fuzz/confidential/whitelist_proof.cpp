// Any bytes as a whitelist proof over any keys: a verdict always comes.
#include "confidential/whitelist_proof.h"

#include "codec/reader.h"
#include "util/check.h"

using namespace sluice;
using namespace sluice::confidential;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Reader r(ByteView(data, size));
    const auto destination = PubKey::parse(r.take(PubKey::kCompressedSize));
    std::vector<PubKey> online;
    std::vector<PubKey> offline;
    for (size_t count = r.u8(); r.ok() && online.size() < count;) {
        const auto on = PubKey::parse(r.take(PubKey::kCompressedSize));
        const auto off = PubKey::parse(r.take(PubKey::kCompressedSize));
        if (!on || !off) break;
        online.push_back(*on);
        offline.push_back(*off);
    }
    if (!r.ok() || !destination) return 0;
    const auto named = whitelist_proof_keys(r.rest());
    if (verify_whitelist_proof(online, offline, *destination, r.rest())) {
        CHECK(named && *named == online.size() && *named > 0);
    }
    return 0;
}

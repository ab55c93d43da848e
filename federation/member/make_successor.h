// Makes and signs the successor of a manifest: the set that shall sign next, with the members that join. For tools;
// pure.
#pragma once

#include "federation/member/manifest.h"
#include "federation/signer/key_file.h"

namespace sluice::member {

struct SuccessorPlan {
    Manifest before;
    std::vector<ManifestMember> joining;  // not in `before`
    std::vector<std::string> members;     // of the next set, in script order
    uint32_t threshold = 0;               // 0: the smallest k with 3k > 2n
    uint32_t start_height = 0;            // votes begin
};
// Tables, PAK list and emergency delay stay. Errors are for people.
Result<Manifest> make_successor(const SuccessorPlan& plan);

// What `sluice-signer keygen` prints, with the address that others reach the member at.
Result<ManifestMember> parse_member(std::string_view json);
std::string member_to_json(const ManifestMember& member);

// A signature by a member of `before`'s last set. Error: `next` cannot follow, or the keys are of nobody in that set.
Result<ManifestSignature> sign_manifest(const Manifest& next, const Manifest& before, const signer::MemberKeys& keys);

// Members of the newest set who also hold payout keys of the set before it. With fewer than that set's threshold,
// leaving members must run until its coins are spent.
struct Overlap {
    uint32_t shared = 0;
    uint32_t needed = 0;
};
Overlap payout_overlap(const Manifest& manifest);

}  // namespace sluice::member

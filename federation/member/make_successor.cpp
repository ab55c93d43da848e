#include "federation/member/make_successor.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "consensus/script/templates.h"
#include "crypto/ecdsa.h"
#include "federation/member/detail/json_fields.h"
#include "federation/member/detail/member_fields.h"
#include "federation/rules/block_proof.h"

namespace sluice::member {

Result<ManifestMember> parse_member(std::string_view text) {
    const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
    if (!json.is_object()) return fail("not the description of a member");
    ManifestMember out;
    std::string error;
    detail::FieldReader reader{json, error, {}};
    detail::visit_member(reader, out);
    reader.finish();
    if (!error.empty()) return fail("member: " + error);
    return out;
}

std::string member_to_json(const ManifestMember& member) {
    nlohmann::ordered_json json;
    detail::FieldWriter writer{json};
    detail::visit_member(writer, member);
    return json.dump(2) + "\n";
}

Result<Manifest> make_successor(const SuccessorPlan& plan) {
    Manifest next = plan.before;
    next.predecessor = hash_of(plan.before);
    next.sequence = plan.before.sequence + 1;
    next.members.insert(next.members.end(), plan.joining.begin(), plan.joining.end());
    const auto n = static_cast<uint32_t>(plan.members.size());
    if (n == 0 || n > 16) return fail("a set has 1 to 16 members");
    const uint32_t threshold = plan.threshold == 0 ? 2 * n / 3 + 1 : plan.threshold;
    if (threshold > n || 2 * threshold <= n)
        return fail("the threshold must be more than half of the members and at most all of them");
    std::vector<Bytes> block_keys;
    std::vector<Bytes> payout_keys;
    for (const std::string& name : plan.members) {
        const auto at = find_member(next, name);
        if (!at) return fail("nobody is called " + name + " in the manifest or among those who join");
        block_keys.push_back(next.members[*at].block_key);
        payout_keys.push_back(next.members[*at].payout_key);
    }
    ParameterSet set = next.sets.back();
    set.start_height = plan.start_height;
    set.block_script = script::make_multisig(static_cast<int>(threshold), block_keys);
    set.payout_script = script::make_multisig(static_cast<int>(threshold), payout_keys);
    set.witness_limit = least_witness_limit(threshold, set.block_script);
    next.sets.push_back(std::move(set));
    TRY_VOID(check_change(next, plan.before));
    return next;
}

Result<ManifestSignature> sign_manifest(const Manifest& next, const Manifest& before, const signer::MemberKeys& keys) {
    TRY_VOID(check_change(next, before));
    const SetMembers members = TRY(members_of(before, before.sets.back()));
    const bool entitled = std::ranges::any_of(members.positions, [&](size_t position) {
        const ManifestMember& member = before.members[position];
        return member.name == keys.name && equal(member.block_key, keys.block.pubkey().view());
    });
    if (!entitled) return fail("these keys are of no member of the predecessor's last set");
    return ManifestSignature{
        keys.name, agreement::Signature::from_view(sign_ecdsa_compact(keys.block, Hash256::from(hash_of(next))))};
}

Overlap payout_overlap(const Manifest& manifest) {
    Overlap out;
    if (manifest.sets.size() < 2) return out;
    const auto now = fed_rules::parse_signing_script(manifest.sets.back().payout_script);
    const auto before = fed_rules::parse_signing_script(manifest.sets[manifest.sets.size() - 2].payout_script);
    if (!now || !before) return out;
    out.needed = static_cast<uint32_t>(before->required);
    for (const PubKey& key : before->keys) out.shared += std::ranges::find(now->keys, key) != now->keys.end() ? 1 : 0;
    return out;
}

}  // namespace sluice::member

// Which members sign, by which manifest: successors loaded, sets entered, parameters voted for.
#include <algorithm>

#include "codec/hex.h"
#include "federation/member/detail/log_name.h"
#include "federation/member/member.h"
#include "federation/rules/dynafed.h"
#include "util/check.h"
#include "util/log.h"

namespace sluice::member {
namespace {

using detail::kLog;
// A report of a manifest counts as long as its sender is heard.
constexpr auto kReportLasts = std::chrono::seconds(30);

}  // namespace

// The newest manifest is the one that describes; what it adds reaches everyone who keeps a list of members or sets.
void Member::take_manifests() {
    const Manifest tables = manifest_;
    manifest_ = manifests_.back();
    manifest_hash_ = hash_of(manifest_);
    if (manifests_.size() > 1) {
        // Until a block under its last set, the tables are those that were in force.
        const Manifest& base = tables.sets.empty() ? manifests_.front() : tables;
        manifest_.timing = base.timing;
        manifest_.planner = base.planner;
    }
    set_roots_.clear();
    for (const ParameterSet& each : manifest_.sets) set_roots_.push_back(fed_rules::entry_root(dynafed_entry(each)));
    std::vector<Bytes> keys;
    for (const ManifestMember& each : manifest_.members) keys.push_back(each.payout_key);
    payouts_.set_keys(std::move(keys));
    ledger_.set_params(ledger_params(manifest_));
    needs_.signer.set_federation({needs_.params, known_sets(manifest_), manifest_.planner.max_fee});
    participant_.set_manifest(manifest_hash_);
}

// Precondition: `root` holds for the block at `height`.
void Member::use_tables(const Hash256& root, uint32_t height) {
    for (auto at = manifests_.rbegin(); at != manifests_.rend(); ++at) {
        const ParameterSet& last = at->sets.back();
        if (last.start_height > height || fed_rules::entry_root(dynafed_entry(last)) != root) continue;
        if (manifest_.timing == at->timing && manifest_.planner == at->planner) return;
        const bool other_pace = manifest_.timing.agreement.resend != at->timing.agreement.resend;
        manifest_.timing = at->timing;
        manifest_.planner = at->planner;
        ledger_.set_params(ledger_params(manifest_));
        needs_.signer.set_federation({needs_.params, known_sets(manifest_), manifest_.planner.max_fee});
        evaluation_.reset();
        if (other_pace && resend_timer_) {
            resend_timer_ = needs_.loop.every(manifest_.timing.agreement.resend, [this] { resend(); });
        }
        log_info(kLog, "the tables of manifest {} hold from height {}", at->sequence, height);
        return;
    }
}

// Who signs the block after the final one. False: not this member.
bool Member::enter_set() {
    const auto parameters = needs_.chain.parameters_after(final_.hash);
    const Hash256 root = parameters ? fed_rules::entry_root(*parameters) : Hash256{};
    const auto at = std::find(set_roots_.begin(), set_roots_.end(), root);
    if (at == set_roots_.end()) {
        if (me_) participant_.leave();
        me_.reset();
        alarm("the next block needs a set that no loaded manifest lists; following without voting");
        return false;
    }
    use_tables(root, final_.height + 1);
    const auto index = static_cast<size_t>(at - set_roots_.begin());
    auto members = members_of(manifest_, manifest_.sets[index]);
    CHECK(members);  // check_manifest
    const bool changed = members->committee != set_.committee;
    signing_set_ = index;
    set_ = std::move(*members);
    const auto mine = place_in_set(self_);
    const auto entered = needs_.signer.enter(set_.committee, mine);
    if (!entered) {
        alarm(std::string("the signer refuses the set of the next block: ") + agreement::to_string(entered.error()));
        if (me_) participant_.leave();
        me_.reset();
        return false;
    }
    if (changed && resend_timer_) {
        log_info(kLog, "set {} signs from height {}: {} of {}; this member {}", index, final_.height + 1,
                 set_.committee.threshold, set_.committee.size(), mine ? "signs" : "does not sign");
    }
    if (me_ && !mine) participant_.leave();
    me_ = mine;
    return me_.has_value();
}

std::optional<agreement::MemberIndex> Member::place_in_set(size_t member) const {
    const auto at = std::find(set_.positions.begin(), set_.positions.end(), member);
    if (at == set_.positions.end()) return std::nullopt;
    return static_cast<agreement::MemberIndex>(at - set_.positions.begin());
}

// The newest set that may be voted for at a height and is not in force there.
std::optional<size_t> Member::wanted_set(uint32_t height) const {
    for (size_t i = manifest_.sets.size(); i-- > 0;) {
        if (manifest_.sets[i].start_height > height) continue;
        if (set_roots_[i] == set_.committee.params_root) return std::nullopt;
        return i;
    }
    return std::nullopt;
}

// How many of a set hold the newest manifest, as far as heard lately; this member counts.
uint32_t Member::reporting(const SetMembers& set) const {
    uint32_t out = 0;
    for (const size_t member : set.positions) {
        if (member == self_) {
            ++out;
            continue;
        }
        const auto heard = heard_.find(member);
        if (heard == heard_.end() || !heard->second.state || heard->second.state->manifest != manifest_hash_) continue;
        if (needs_.clock.steady() - heard->second.at <= kReportLasts) ++out;
    }
    return out;
}

// A set is proposed only while enough members of both sets hold its manifest: the old ones must accept the vote, the
// new ones must be there to make blocks when it has won.
DynafedEntry Member::vote_for(uint32_t height) const {
    const auto wanted = wanted_set(height);
    if (!wanted) return {};
    const auto next = members_of(manifest_, manifest_.sets[*wanted]);
    if (!next || reporting(set_) < set_.committee.threshold || reporting(*next) < next->committee.threshold) return {};
    return dynafed_entry(manifest_.sets[*wanted]);
}

Status Member::load_manifest(std::string_view json) {
    SignedManifest next = TRY(parse_signed_manifest(json));
    for (const Manifest& known : manifests_) {
        if (hash_of(known) == hash_of(next.manifest)) return {};
    }
    TRY_VOID(check_successor(next, manifests_.back()));
    TRY_VOID(manifest_store_.put(next));
    manifests_.push_back(std::move(next.manifest));
    take_manifests();
    needs_.links.set_roster(manifest_);
    log_info(kLog, "loaded manifest {}: {}", manifest_.sequence, to_display(manifest_hash_));
    if (missed_set_)
        return fail("The manifest is kept. Blocks of its set were followed without it: restart this member");
    if (resend_timer_ && !me_) begin_soon();
    return {};
}

}  // namespace sluice::member

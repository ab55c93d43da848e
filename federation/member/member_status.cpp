// What the member shows: the published status and the events.
#include <nlohmann/json.hpp>

#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/script/templates.h"
#include "federation/member/member.h"
#include "federation/member/status_json.h"

namespace sluice::member {
namespace {

const char* step_name(agreement::Step step) {
    switch (step) {
        case agreement::Step::kWaiting: return "waiting";
        case agreement::Step::kPropose: return "propose";
        case agreement::Step::kPrevote: return "prevote";
        case agreement::Step::kPrecommit: return "precommit";
        case agreement::Step::kDecided: return "decided";
        case agreement::Step::kHalted: return "halted";
    }
    return "?";
}

}  // namespace

void Member::say(const std::string& topic, const std::string& json) {
    for (const EventListener& listener : listeners_) listener(topic, json);
}

// What became of each request, at the last committed Bitcoin block. Precondition: evaluation_.
std::vector<PegoutStatus> Member::pegouts() const {
    std::vector<PegoutStatus> all;
    for (const ledger::Request& request : ledger_.requests()) {
        const ledger::RequestStatus& known = evaluation_->requests.at(request.number);
        PegoutStatus out;
        out.number = request.number;
        out.txid = request.outpoint.txid;
        out.index = request.outpoint.index;
        out.script = request.script;
        out.address = encode_address({request.script, {}}, needs_.params.parent.address).value_or("");
        out.amount = request.amount;
        out.height = request.height;
        out.state = to_string(known.state);
        if (const auto waits = last_plan_.waiting.find(request.number); waits != last_plan_.waiting.end()) {
            if (known.state == ledger::RequestState::kQueued) out.hold = to_string(waits->second);
        }
        out.batch = known.batch;
        out.payment = known.payment;
        if (known.payment_height) out.confirmations = evaluation_->height - *known.payment_height + 1;
        const ledger::Batch* batch = known.batch ? ledger_.find_batch(*known.batch) : nullptr;
        for (const ledger::Version& version : batch != nullptr ? batch->versions : std::vector<ledger::Version>{}) {
            PayoutVersionStatus shown;
            shown.txid = version.txid;
            shown.kind = to_string(version.kind);
            shown.height = version.height;
            if (const Payouts::Version* open = payouts_.find(version.txid)) {
                shown.signatures = static_cast<uint32_t>(open->signatures.size());
                shown.complete = open->complete.has_value();
                shown.visible = open->visible;
                shown.refusal = open->refusal;
                for (const auto& refusal : open->refusals) {
                    shown.refusal +=
                        (shown.refusal.empty() ? "" : "; ") + name_of(refusal.first) + ": " + refusal.second;
                }
            }
            out.versions.push_back(std::move(shown));
        }
        all.push_back(std::move(out));
    }
    return all;
}

PeerStatus Member::peer_status(size_t member, const FederationStatus& mine) const {
    PeerStatus peer;
    peer.name = name_of(member);
    peer.me = member == self_;
    peer.signs = place_in_set(member).has_value();
    if (const auto lies = lies_.find(member); lies != lies_.end()) peer.lies = lies->second;
    if (peer.me) {
        peer.height = mine.height;
        peer.view = mine.view;
        peer.fee_hint = fee_hint();
        return peer;
    }
    const auto heard = heard_.find(member);
    if (heard == heard_.end()) return peer;
    peer.heard_seconds =
        std::chrono::duration_cast<std::chrono::seconds>(needs_.clock.steady() - heard->second.at).count();
    if (const auto& state = heard->second.state) {
        peer.height = state->height;
        peer.view = state->view;
        peer.fee_hint = state->fee_hint;
        peer.same_manifest = state->manifest == manifest_hash_;
    }
    return peer;
}

// A loaded set that is not in force, and how its vote stands.
std::optional<FederationStatus::Change> Member::change() const {
    const size_t newest = manifest_.sets.size() - 1;
    if (set_roots_[newest] == set_.committee.params_root) return std::nullopt;
    const uint32_t epoch = needs_.params.epoch_length;
    FederationStatus::Change out;
    out.set = static_cast<uint32_t>(newest);
    out.start_height = manifest_.sets[newest].start_height;
    out.needed = static_cast<uint32_t>(uint64_t{epoch} * 4 / 5);
    out.epoch_end = (final_.height / epoch + 1) * epoch;
    for (const auto& vote : votes_) out.votes += vote.second == set_roots_[newest] ? 1 : 0;
    return out;
}

void Member::publish() {
    auto status = std::make_shared<MemberStatus>();
    FederationStatus& fed = status->federation;
    fed.name = name_of(self_);
    fed.chain = manifest_.chain;
    fed.manifest = manifest_hash_;
    fed.sequence = manifests_.back().sequence;
    fed.set = static_cast<uint32_t>(signing_set_);
    fed.signs = me_.has_value();
    fed.change = change();
    fed.n = static_cast<uint32_t>(set_.committee.size());
    fed.k = set_.committee.threshold;
    fed.final_height = final_.height;
    fed.final_hash = final_.hash;
    fed.commitment = final_.commitment;
    fed.frozen = frozen();
    fed.alarms.assign(alarms_.begin(), alarms_.end());
    fed.alarms.insert(fed.alarms.end(), last_plan_.alarms.begin(), last_plan_.alarms.end());
    agreement::State mine;
    participant_.agreement().fill(mine);
    fed.height = mine.height;
    fed.view = mine.view;
    fed.step = step_name(mine.step);
    fed.valid_view = mine.valid_view;
    if (const agreement::HeightMachine* machine = participant_.agreement().machine()) {
        fed.locked_view = machine->locked_view();
        const auto proposer = set_.committee.proposer(machine->height(), std::max(machine->view(), 0));
        fed.proposer = name_of(set_.positions[proposer]);
    }
    const agreement::SignerStatus signer = needs_.signer.core().status();
    fed.signer_mode = signer.halted ? "halted" : signer.observing ? "observe" : "normal";
    fed.signer_reason = signer.halted || signer.observing ? signer.reason : "";
    fed.introduced = signer.introduced;
    fed.boot = signer.boot;
    const auto snapshot = needs_.parent != nullptr ? needs_.parent->snapshot() : nullptr;
    fed.parent_ready = snapshot != nullptr;
    if (snapshot) fed.parent_height = snapshot->height();
    const Script donation = script::p2wsh_of(manifest_.sets[set_index_].payout_script);
    fed.donation_address = encode_address({donation, {}}, needs_.params.parent.address).value_or("");
    for (size_t i = 0; i < manifest_.members.size(); ++i) fed.members.push_back(peer_status(i, fed));
    const MemberStatusRef before = published_.load();
    if (evaluation_) {
        ReservesStatus& reserves = status->reserves;
        reserves.known = true;
        reserves.height = evaluation_height_;
        reserves.hash = final_.hash;
        reserves.commitment = final_.commitment;
        reserves.commitment_height = evaluation_->height;
        reserves.reserves = evaluation_->reserves;
        reserves.by_set.assign(evaluation_->by_set.begin(), evaluation_->by_set.end());
        reserves.coins = evaluation_->coins.size();
        status->pegouts = std::exchange(pegouts_changed_, false)
                              ? std::make_shared<const std::vector<PegoutStatus>>(pegouts())
                              : before->pegouts;
    } else {
        // Bitcoin is not scanned up to the last commitment yet: the figures of the block before stay, under its height.
        status->reserves = before->reserves;
        status->pegouts = before->pegouts;
    }
    published_.store(status);
    const bool new_reserves =
        status->reserves.known && (status->reserves.hash != before->reserves.hash || !before->reserves.known);
    if (new_reserves) say("reserves", reserves_json(status->reserves));
    const FederationStatus& old = before->federation;
    if (fed.final_hash != old.final_hash || fed.alarms != old.alarms || fed.signer_mode != old.signer_mode ||
        fed.frozen != old.frozen) {
        say("federation", federation_json(fed));
    }
}

void Member::say_block(const ledger::BlockFacts& facts) {
    for (const ledger::Claim& claim : facts.claims) {
        nlohmann::ordered_json json;
        json["height"] = facts.height;
        json["hash"] = to_display(facts.hash);
        json["parent_txid"] = to_display(claim.outpoint.txid);
        json["parent_vout"] = claim.outpoint.index;
        json["amount"] = claim.value.sat;
        json["claim_script"] = to_hex(claim.claim_script.view());
        json["parent_block"] = to_display(claim.block);
        say("pegin", json.dump());
    }
}

// A pegout event whenever what became of a request changes.
void Member::say_requests() {
    pegouts_changed_ = true;
    publish();
    const MemberStatusRef status = published_.load();
    for (const PegoutStatus& pegout : *status->pegouts) {
        std::string told = pegout.state + " " + pegout.hold;
        if (pegout.payment) told += to_display(*pegout.payment);
        for (const PayoutVersionStatus& version : pegout.versions) told += version.visible ? "+" : "-";
        std::string& before = said_[pegout.number];
        if (before == told) continue;
        before = told;
        say("pegout", pegout_json(pegout));
    }
}

}  // namespace sluice::member

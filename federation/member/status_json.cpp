#include "federation/member/status_json.h"

#include <nlohmann/json.hpp>

#include "codec/hex.h"

namespace sluice::member {
namespace {

using Json = nlohmann::ordered_json;

Json pegout(const PegoutStatus& status) {
    Json out;
    out["number"] = status.number;
    out["txid"] = to_display(status.txid);
    out["vout"] = status.index;
    out["address"] = status.address;
    out["script"] = to_hex(status.script.view());
    out["amount"] = status.amount.sat;
    out["height"] = status.height;
    out["state"] = status.state;
    if (!status.hold.empty()) out["held"] = status.hold;
    if (status.batch) out["batch"] = to_display(*status.batch);
    if (status.payment) out["payout_txid"] = to_display(*status.payment);
    out["confirmations"] = status.confirmations;
    Json versions = Json::array();
    for (const PayoutVersionStatus& version : status.versions) {
        Json each;
        each["txid"] = to_display(version.txid);
        each["kind"] = version.kind;
        each["height"] = version.height;
        each["signatures"] = version.signatures;
        each["complete"] = version.complete;
        each["visible"] = version.visible;
        if (!version.refusal.empty()) each["refusal"] = version.refusal;
        versions.push_back(std::move(each));
    }
    out["versions"] = std::move(versions);
    return out;
}

std::string text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string federation_json(const FederationStatus& status) {
    Json out;
    out["member"] = status.name;
    out["chain"] = status.chain;
    out["manifest"] = to_display(status.manifest);
    out["sequence"] = status.sequence;
    out["set"] = status.set;
    out["signs"] = status.signs;
    if (status.change) {
        Json change;
        change["set"] = status.change->set;
        change["start_height"] = status.change->start_height;
        change["votes"] = status.change->votes;
        change["needed"] = status.change->needed;
        change["epoch_end"] = status.change->epoch_end;
        out["change"] = std::move(change);
    }
    out["members_total"] = status.n;
    out["threshold"] = status.k;
    out["final_height"] = status.final_height;
    out["final_hash"] = to_display(status.final_hash);
    out["height"] = status.height;
    out["view"] = status.view;
    out["step"] = status.step;
    out["proposer"] = status.proposer;
    out["locked_view"] = status.locked_view;
    out["valid_view"] = status.valid_view;
    Json signer;
    signer["mode"] = status.signer_mode;
    if (!status.signer_reason.empty()) signer["reason"] = status.signer_reason;
    signer["introduced"] = status.introduced;
    signer["boot"] = status.boot;
    out["signer"] = std::move(signer);
    out["frozen"] = status.frozen;
    out["parent_ready"] = status.parent_ready;
    out["parent_height"] = status.parent_height;
    out["parent_commitment"] = to_display(status.commitment);
    out["donation_address"] = status.donation_address;
    out["alarms"] = status.alarms;
    Json members = Json::array();
    for (const PeerStatus& peer : status.members) {
        Json each;
        each["name"] = peer.name;
        each["me"] = peer.me;
        each["signs"] = peer.signs;
        if (!peer.me) each["heard"] = peer.heard_seconds;
        each["height"] = peer.height;
        each["view"] = peer.view;
        each["fee_hint"] = peer.fee_hint;
        each["same_manifest"] = peer.same_manifest;
        each["lies"] = peer.lies;
        members.push_back(std::move(each));
    }
    out["members"] = std::move(members);
    return text(out);
}

std::string reserves_json(const ReservesStatus& status) {
    Json out;
    out["known"] = status.known;
    out["height"] = status.height;
    out["hash"] = to_display(status.hash);
    out["parent_hash"] = to_display(status.commitment);
    out["parent_height"] = status.commitment_height;
    out["held"] = status.reserves.held.sat;
    out["circulating"] = status.reserves.circulating.sat;
    out["unbacked"] = status.reserves.unbacked.sat;
    out["pending"] = status.reserves.pending.sat;
    out["pool"] = status.reserves.pool.sat;
    out["discrepancy"] = status.reserves.deficit.sat;
    out["coins"] = status.coins;
    Json sets = Json::array();
    for (const auto& [set, amount] : status.by_set) {
        Json each;
        each["set"] = set;
        each["held"] = amount.sat;
        sets.push_back(std::move(each));
    }
    out["sets"] = std::move(sets);
    return text(out);
}

std::string pegout_json(const PegoutStatus& status) { return text(pegout(status)); }

std::string pegouts_json(const std::vector<PegoutStatus>& pegouts) {
    Json out = Json::array();
    for (const PegoutStatus& each : pegouts) out.push_back(pegout(each));
    return text(out);
}

}  // namespace sluice::member

// What a member shows: values for RPC and events, made on the federation thread, published immutable, read from any
// thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "federation/agreement/types.h"
#include "peg/ledger/planner.h"

namespace sluice::member {

struct PeerStatus {
    std::string name;
    bool me = false;
    bool signs = false;          // is of the set that signs the next block
    int64_t heard_seconds = -1;  // since its last message; -1: never
    uint32_t height = 0;         // that it works on
    int32_t view = -1;
    uint32_t fee_hint = 0;  // sat/kvB
    bool same_manifest = true;
    uint64_t lies = 0;  // stored proofs
};

struct FederationStatus {
    std::string name;  // of this member
    std::string chain;
    agreement::ManifestHash manifest;
    uint32_t sequence = 0;  // of the newest manifest
    uint32_t set = 0;       // of it, that signs the next block
    bool signs = false;     // this member is of that set
    struct Change {
        uint32_t set = 0;
        uint32_t start_height = 0;  // votes begin
        uint32_t votes = 0;         // in this epoch so far
        uint32_t needed = 0;
        uint32_t epoch_end = 0;  // height of the block that may be the first under it
    };
    std::optional<Change> change;  // a loaded set that is not in force yet
    uint32_t n = 0;
    uint32_t k = 0;
    uint32_t final_height = 0;
    BlockHash final_hash;
    uint32_t height = 0;  // being worked on
    int32_t view = -1;
    std::string step;
    std::string proposer;
    int32_t locked_view = -1;
    int32_t valid_view = -1;
    std::string signer_mode;  // normal, observe, halted
    std::string signer_reason;
    bool introduced = false;
    uint64_t boot = 0;
    bool frozen = false;
    parent::ParentBlockHash commitment;
    uint32_t parent_height = 0;
    bool parent_ready = false;
    std::string donation_address;
    std::vector<std::string> alarms;
    std::vector<PeerStatus> members;
};

struct PayoutVersionStatus {
    parent::ParentTxid txid;
    std::string kind;
    uint32_t height = 0;      // of the block that planned it
    uint32_t signatures = 0;  // members whose signatures are held
    bool complete = false;
    bool visible = false;  // the Bitcoin node shows it
    std::string refusal;
};

struct PegoutStatus {
    uint64_t number = 0;
    Txid txid;  // of the request on the sidechain
    uint32_t index = 0;
    Script script;
    std::string address;  // empty if the script has none
    Amount amount;
    uint32_t height = 0;
    std::string state;  // queued, planned, confirming, paid
    std::string hold;   // why it waits; empty otherwise
    std::optional<parent::ParentTxid> batch;
    std::optional<parent::ParentTxid> payment;
    uint32_t confirmations = 0;
    std::vector<PayoutVersionStatus> versions;  // of its batch
};

struct ReservesStatus {
    bool known = false;  // false until Bitcoin was scanned up to the committed block
    uint32_t height = 0;
    BlockHash hash;
    parent::ParentBlockHash commitment;
    uint32_t commitment_height = 0;
    ledger::Reserves reserves;
    std::vector<std::pair<uint32_t, Amount>> by_set;
    size_t coins = 0;
};

struct MemberStatus {
    FederationStatus federation;
    std::shared_ptr<const std::vector<PegoutStatus>> pegouts =
        std::make_shared<const std::vector<PegoutStatus>>();  // by number
    ReservesStatus reserves;
};
using MemberStatusRef = std::shared_ptr<const MemberStatus>;

// topic (pegin, pegout, reserves, federation), body as JSON text. Called on the federation thread: hand over and
// return.
using EventListener = std::function<void(const std::string& topic, const std::string& json)>;

}  // namespace sluice::member

// Member: the driver of one federation member. It runs agreement against the chain, Bitcoin, the signer and the links;
// follows final blocks into the ledger; signs, exchanges and broadcasts payouts; checks the reserves at every final
// block; and says what is going on. It holds no rules of its own: agreement, ledger, acceptance and the signer do.
//
// Thread: everything runs on the federation loop, except status(), which any thread may call. It never blocks on the
// chain: long work is posted and answered (ports.h). Errors of input are dropped and logged at debug level; errors of
// this machine (disk) stop voting and raise an alarm.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "federation/agreement/ecdsa_verifier.h"
#include "federation/agreement/participant.h"
#include "federation/member/acceptance.h"
#include "federation/member/body_store.h"
#include "federation/member/decisions.h"
#include "federation/member/manifest_store.h"
#include "federation/member/payouts.h"
#include "federation/member/status.h"
#include "federation/signer/member_signer.h"
#include "runtime/event_loop.h"
#include "runtime/published.h"
#include "util/clock.h"

namespace sluice::member {

// All outlive the member. `parent` may be null: then nothing that depends on Bitcoin happens.
struct MemberNeeds {
    const ChainParams& params;
    const Clock& clock;
    runtime::EventLoop& loop;
    ChainPort& chain;
    ParentPort* parent = nullptr;
    LinkPort& links;
    signer::MemberSigner& signer;
    storage::Db& cache;      // bodies and evidence: losing it costs time only
    storage::Db& decisions;  // the operator's: see decisions.h, manifest_store.h
};

class Member {
public:
    // `pinned`: the manifest that the operator's configuration names; successors loaded since are found among the
    // decisions. Errors: the manifest does not fit the chain, or names nobody called `name`; a stored successor is
    // damaged.
    static Result<std::unique_ptr<Member>> create(const MemberNeeds& needs, Manifest pinned, const std::string& name);
    ~Member();

    void add_listener(EventListener listener) { listeners_.push_back(std::move(listener)); }
    // On the loop. Reads the chain from genesis into the ledger, then begins. Errors: a block cannot be read, conflict
    // with the signer's journal.
    Status start();

    // Notices, on the loop.
    void on_frame(uint8_t from, const Bytes& frame);
    void on_connected(const BlockHash& hash, BlockRef block);
    void on_disconnected(const BlockHash& hash, uint32_t height);
    // A header whose witness is good, of any branch: two at one height prove that the bound on liars was broken.
    void on_header(const BlockHash& hash, uint32_t height);
    void on_parent_changed();

    // Operators, on the loop. What they decide is on disk before the answer, and holds after a restart. Errors are for
    // people.
    Status clear_freeze();
    Status approve_cancel(const parent::ParentTxid& batch);
    Status resume_now();
    Status resolve_conflict(const BlockHash& hash);
    // A successor of the newest manifest, signed: from now on this member votes for its last set (rule 4) and knows its
    // members.
    Status load_manifest(std::string_view json);

    // Any thread. Never null.
    [[nodiscard]] MemberStatusRef status() const { return published_.load(); }
    // The newest manifest; its tables are those in force. On the loop.
    [[nodiscard]] const Manifest& manifest() const { return manifest_; }

private:
    struct Judging {
        agreement::Judge request;
        bool running = false;
        bool deferred = false;
    };
    struct Final {
        BlockHash hash;
        uint32_t height = 0;
        uint32_t time = 0;
        parent::ParentBlockHash commitment;
    };

    // A member as last heard; by its place in the manifest's list.
    struct Heard {
        SteadyTime at;
        std::optional<agreement::State> state;
    };

    Member(const MemberNeeds& needs, std::vector<Manifest> manifests, size_t self);

    // Sets and manifests (member_sets.cpp).
    void take_manifests();
    void use_tables(const Hash256& root, uint32_t height);
    bool enter_set();
    [[nodiscard]] std::optional<size_t> wanted_set(uint32_t height) const;
    [[nodiscard]] uint32_t reporting(const SetMembers& set) const;
    [[nodiscard]] DynafedEntry vote_for(uint32_t height) const;
    [[nodiscard]] std::optional<agreement::MemberIndex> place_in_set(size_t member) const;
    [[nodiscard]] const std::string& name_of(size_t member) const { return manifest_.members[member].name; }

    // Following the chain.
    Status follow(const BlockHash& hash, const Block& block);
    void conflict(const BlockHash& hash, uint32_t height);
    void begin_soon();
    void begin_height();
    [[nodiscard]] uint32_t next_set() const;
    void look_at_bitcoin();
    [[nodiscard]] bool frozen() const { return decisions_.frozen().has_value(); }
    void freeze(const std::string& why);
    void alarm(const std::string& what);
    [[nodiscard]] agreement::HeaderFacts facts_of(const BlockHash& hash, const BlockHeader& header) const;

    // Agreement's requests.
    void perform(agreement::Participant::Outs outs);
    void carry_out(agreement::Send action);
    void carry_out(const agreement::Build& action);
    void carry_out(agreement::StoreBody action);
    void carry_out(const agreement::Judge& action);
    void carry_out(const agreement::StartTimer& action);
    void carry_out(const agreement::Assemble& action);
    void carry_out(const agreement::PublishState& action);
    void carry_out(const agreement::Accuse& action);
    void carry_out(const agreement::Raise& action);
    void carry_out(const agreement::ServeBody& action);
    // Members by their place in the manifest's list.
    void send_frame(size_t to, const agreement::Message& message);
    void send_to_set(const agreement::Message& message);
    void send_to_all(const agreement::Message& message);
    [[nodiscard]] agreement::State base_state() const;
    void resend();
    [[nodiscard]] BuildRequest next_block(agreement::View view);
    void judge(const BlockHash& hash);
    void judged(const BlockHash& hash, agreement::View view, bool fresh, const TestVerdict& verdict);
    void check_deposits(const BlockHash& hash, agreement::View view, std::deque<parent::ParentOutPoint> deposits);
    void answer(const BlockHash& hash, agreement::View view, agreement::Judgement sound,
                agreement::Judgement acceptable, const std::string& why);
    [[nodiscard]] uint32_t fee_hint() const;

    // Payouts.
    void work_on_payouts(const ledger::BitcoinView& view);
    void sign_payout(const parent::ParentTxid& txid, const ledger::BitcoinView& view);
    Result<signer::PayoutRequest> payout_request(const Payouts::Version& version,
                                                 const ledger::BitcoinView& view) const;
    Result<Bytes> funding_of(const ledger::InputToSign& input, const ledger::BitcoinView& view) const;
    void broadcast_payouts();

    // Showing.
    void publish();
    [[nodiscard]] PeerStatus peer_status(size_t member, const FederationStatus& mine) const;
    [[nodiscard]] std::optional<FederationStatus::Change> change() const;
    [[nodiscard]] std::vector<PegoutStatus> pegouts() const;
    void say(const std::string& topic, const std::string& json);
    void say_block(const ledger::BlockFacts& facts);
    void say_requests();

    MemberNeeds needs_;
    std::vector<Manifest> manifests_;        // from the pinned one on
    Manifest manifest_;                      // the newest, with the tables that are in force
    agreement::ManifestHash manifest_hash_;  // of the newest
    ManifestStore manifest_store_;
    size_t self_;                               // place in manifest_.members
    SetMembers set_;                            // that signs the block after final_
    size_t signing_set_ = 0;                    // in manifest_.sets
    std::optional<agreement::MemberIndex> me_;  // in set_; nullopt: this member does not sign it
    uint32_t set_index_ = 0;                    // of final_, in manifest_.sets
    bool missed_set_ = false;                   // blocks were followed whose set no manifest lists
    std::vector<Hash256> set_roots_;            // of manifest_.sets
    std::map<uint32_t, Hash256> votes_;         // proposed in the blocks of this epoch
    agreement::EcdsaVerifier verifier_;
    agreement::Participant participant_;
    BodyStore bodies_;
    ledger::Ledger ledger_;
    Final final_;
    std::optional<ledger::Evaluation> evaluation_;  // at final_.commitment; nullopt while Bitcoin is not scanned so far
    uint32_t evaluation_height_ = 0;
    ledger::Plan last_plan_;  // what waits and why, at the last look
    Payouts payouts_;
    Decisions decisions_;
    bool pegouts_changed_ = true;  // since they were last published
    bool following_ = true;        // false: another chain than ours became active; nothing is voted
    std::deque<std::string> alarms_;
    std::map<BlockHash, Judging> judging_;
    std::map<uint32_t, std::set<BlockHash>> signed_headers_;  // above the final height
    std::map<size_t, Heard> heard_;
    std::map<size_t, uint64_t> lies_;
    std::map<uint64_t, std::string> said_;  // request -> state last told
    std::vector<std::unique_ptr<runtime::Timer>> timers_;
    std::unique_ptr<runtime::Timer> resend_timer_;
    bool begin_posted_ = false;
    uint64_t sequence_ = 0;
    std::vector<EventListener> listeners_;
    std::shared_ptr<bool> alive_;  // answers that come late find it false
    runtime::Published<MemberStatus> published_;
};

}  // namespace sluice::member

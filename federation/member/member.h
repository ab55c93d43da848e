// Member: the driver of one federation member. It runs agreement against the chain, Bitcoin, the signer and the links; follows
// final blocks into the ledger; signs, exchanges and broadcasts payouts; checks the reserves at every final block; and says what
// is going on. It holds no rules of its own: agreement, ledger, acceptance and the signer do.
//
// Thread: everything runs on the federation loop, except status(), which any thread may call. It never blocks on the chain: long
// work is posted and answered (ports.h). Errors of input are dropped and logged at debug level; errors of this machine (disk)
// stop voting and raise an alarm.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "federation/agreement/ecdsa_verifier.h"
#include "federation/agreement/participant.h"
#include "federation/member/acceptance.h"
#include "federation/member/body_store.h"
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
    storage::Db& cache;  // bodies and evidence: losing it costs time only
};

class Member {
public:
    // Errors: the manifest does not fit the chain, or names nobody called `name`.
    static Result<std::unique_ptr<Member>> create(const MemberNeeds& needs, Manifest manifest, const std::string& name);
    ~Member();

    void add_listener(EventListener listener) { listeners_.push_back(std::move(listener)); }
    // On the loop. Reads the chain from genesis into the ledger, then begins. Errors: a block cannot be read, conflict with the
    // signer's journal.
    Status start();

    // Notices, on the loop.
    void on_frame(uint8_t from, const Bytes& frame);
    void on_connected(const BlockHash& hash, BlockRef block);
    void on_disconnected(const BlockHash& hash, uint32_t height);
    // A header whose witness is good, of any branch: two at one height prove that the bound on liars was broken.
    void on_header(const BlockHash& hash, uint32_t height);
    void on_parent_changed();

    // Operators, on the loop. Errors are for people.
    Status clear_freeze();
    Status approve_cancel(const parent::ParentTxid& batch);
    Status resume_now();
    Status resolve_conflict(const BlockHash& hash);

    // Any thread. Never null.
    [[nodiscard]] MemberStatusRef status() const { return published_.load(); }
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

    Member(const MemberNeeds& needs, Manifest manifest, SetMembers set, agreement::MemberIndex me);

    // Following the chain.
    Status follow(const BlockHash& hash, const Block& block);
    void conflict(const BlockHash& hash, uint32_t height);
    void begin_soon();
    void begin_height();
    [[nodiscard]] uint32_t next_set() const;
    void look_at_bitcoin();
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
    void send_frame(agreement::MemberIndex to, const agreement::Message& message);
    void broadcast(const agreement::Message& message);
    [[nodiscard]] agreement::State base_state() const;
    void resend();
    [[nodiscard]] BuildRequest next_block(agreement::View view);
    void judge(const BlockHash& hash);
    void judged(const BlockHash& hash, agreement::View view, bool fresh, const TestVerdict& verdict);
    void check_deposits(const BlockHash& hash, agreement::View view, std::deque<parent::ParentOutPoint> deposits);
    void answer(const BlockHash& hash, agreement::View view, agreement::Judgement sound, agreement::Judgement acceptable,
                const std::string& why);
    [[nodiscard]] uint32_t fee_hint() const;

    // Payouts.
    void work_on_payouts(const ledger::BitcoinView& view);
    void sign_payout(const parent::ParentTxid& txid, const ledger::BitcoinView& view);
    Result<signer::PayoutRequest> payout_request(const Payouts::Version& version, const ledger::BitcoinView& view) const;
    Result<Bytes> funding_of(const ledger::InputToSign& input, const ledger::BitcoinView& view) const;
    void broadcast_payouts();

    // Showing.
    void publish();
    [[nodiscard]] std::vector<PegoutStatus> pegouts() const;
    void say(const std::string& topic, const std::string& json);
    void say_block(const ledger::BlockFacts& facts);
    void say_requests();

    MemberNeeds needs_;
    Manifest manifest_;
    agreement::ManifestHash manifest_hash_;
    SetMembers set_;
    uint32_t set_index_ = 0;
    std::vector<Hash256> set_roots_;  // of manifest_.sets
    agreement::MemberIndex me_;
    agreement::EcdsaVerifier verifier_;
    agreement::Participant participant_;
    BodyStore bodies_;
    ledger::Ledger ledger_;
    Final final_;
    std::optional<ledger::Evaluation> evaluation_;  // at final_.commitment; nullopt while Bitcoin is not scanned so far
    uint32_t evaluation_height_ = 0;
    ledger::Plan last_plan_;  // what waits and why, at the last look
    Payouts payouts_;
    bool frozen_ = false;
    bool pegouts_changed_ = true;  // since they were last published
    bool following_ = true;  // false: another chain than ours became active; nothing is voted
    std::set<parent::ParentTxid> cancel_;
    std::deque<std::string> alarms_;
    std::map<BlockHash, Judging> judging_;
    std::map<uint32_t, std::set<BlockHash>> signed_headers_;  // above the final height
    std::map<agreement::MemberIndex, SteadyTime> heard_;
    std::map<agreement::MemberIndex, uint64_t> lies_;
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

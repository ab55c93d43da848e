// A federation in a box: members, links, disks and clocks under one event queue and one seed. Each member runs the real
// Participant and SignerCore; only elliptic curves (a keyed hash instead), blocks (a few fields) and disks are
// pretended. Safety (S1-S4, S11 of federation-design section 9) is checked as events happen; the first breach is kept
// in `breach`.
#pragma once

#include <functional>
#include <memory>
#include <queue>
#include <string>

#include "federation/agreement/participant.h"
#include "federation/agreement/signer_core.h"

namespace sluice::agreement::sim {

class Random {
public:
    explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 1) {}
    uint64_t next();
    uint64_t below(uint64_t bound) { return next() % bound; }
    bool chance(int percent) { return static_cast<int>(below(100)) < percent; }

private:
    uint64_t state_;
};

struct Faults {
    int drop_percent = 0;
    int duplicate_percent = 0;
    int64_t delay_least = 1;
    int64_t delay_most = 20;  // random within: this is what reorders
};

struct FakeBlock {
    BlockHash prev;
    Height height = 0;
    int64_t time = 0;  // milliseconds
    MemberIndex builder = 0;
    uint64_t salt = 0;
    bool local = false;  // carries what depends on local views: only fit for view 0
    bool invalid = false;
    [[nodiscard]] Bytes encode() const;
    [[nodiscard]] BlockHash hash() const;
    static std::optional<FakeBlock> decode(ByteView bytes);
};

class FakeVerifier final : public Verifier {
public:
    static Signature make(ByteView key, const Hash256& digest);
    static Bytes make_block(ByteView key, const BlockHash& hash);
    [[nodiscard]] bool verify(ByteView key, const Hash256& digest, const Signature& signature) const override;
    [[nodiscard]] bool verify_block(ByteView key, const BlockHash& hash, ByteView der) const override;
};

class World;

// What survives a crash.
struct Disk {
    std::vector<Bytes> journal;  // encoded records in order
    std::map<BlockHash, FakeBlock> bodies;
    std::vector<FakeBlock> chain;  // final blocks from genesis
    std::map<Height, std::vector<BlockSig>> witnesses;
};

enum class Lie {
    kNone,
    kEquivocate,  // proposes and votes differently to different members
    kWithhold,    // never sends block signatures
    kMute,        // falls silent for good
};

class Node final : public JournalStore, public SigningKey {
public:
    Node(World& world, MemberIndex me);

    void boot();
    void crash();
    void deliver(MemberIndex from, const Bytes& frame);
    void on_signed_block(const FakeBlock& block, const std::vector<BlockSig>& witness);

    bool append(std::span<const Record> records) override;
    Signature sign(const Hash256& digest) override;
    Bytes sign_block(const BlockHash& hash) override;

    [[nodiscard]] Height height() const { return static_cast<Height>(disk.chain.size() - 1); }
    [[nodiscard]] bool up() const { return participant != nullptr; }

    Disk disk;
    std::unique_ptr<SignerCore> signer;
    std::unique_ptr<Participant> participant;
    int64_t skew = 0;
    Lie lie = Lie::kNone;
    bool connected = true;
    int crash_at_append = -1;     // counts down; the append at 0 is lost or kept whole, and the node dies
    bool dislikes_local = false;  // its fee view differs: refuses every fresh block that carries local things
    std::function<bool(const FakeBlock&)> dislikes;
    std::function<bool(MemberIndex to, const Message&)> censor;  // true: this message is not sent
    uint64_t alarms = 0;
    uint64_t lies_seen = 0;

private:
    void begin_height();
    void keep(std::span<const Record> records);
    void perform(Participant::Outs outs);
    void perform_lying(const Send& send);
    void send(std::optional<MemberIndex> to, const Message& message);
    void after(int64_t delay, std::function<void(Node&)> what);
    void resend_later();
    [[nodiscard]] std::pair<Judgement, Judgement> judge(const Judge& judge) const;

    World& world_;
    MemberIndex me_;
    uint64_t life_ = 0;
    uint64_t sequence_ = 0;
};

class World {
public:
    World(uint64_t seed, uint32_t n, uint32_t k);

    void start();
    // Runs events until `until` (milliseconds) or a breach; true if `done` said so first.
    bool run_until(int64_t until, const std::function<bool()>& done = {});
    void at(int64_t when, std::function<void()> what);
    void transmit(MemberIndex from, MemberIndex to, Bytes frame);
    // Checked: S1-S4, S11.
    void fail(std::string what);
    void saw_release(MemberIndex member, const SlotRecord& slot);
    void saw_release(MemberIndex member, const BlockSigRecord& sig);
    void saw_final(const FakeBlock& block);

    [[nodiscard]] Height lowest_height() const;  // of members that are up and honest
    [[nodiscard]] Height highest_height() const;
    [[nodiscard]] bool reached(Height height) const { return lowest_height() >= height; }

    Random random;
    Committee committee;
    Timing timing;
    Faults faults;
    FakeVerifier verifier;
    std::vector<std::unique_ptr<Node>> nodes;
    std::vector<int> island;  // partition: members talk within one island
    int64_t now = 0;
    std::string breach;
    uint64_t delivered = 0;

private:
    struct Event {
        int64_t when;
        uint64_t order;
        std::function<void()> what;
        bool operator<(const Event& other) const { return std::tie(when, order) > std::tie(other.when, other.order); }
    };
    std::priority_queue<Event> events_;
    uint64_t order_ = 0;
    std::map<Height, BlockHash> signed_;
    std::map<std::tuple<MemberIndex, Height, View, SlotKind>, BlockHash> released_;
    std::map<std::tuple<Height, View, SlotKind, BlockHash>, Bitmap> votes_;
    std::map<std::pair<MemberIndex, Height>, BlockHash> block_sigs_;
};

}  // namespace sluice::agreement::sim

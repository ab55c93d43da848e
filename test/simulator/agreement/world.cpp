#include "simulator/agreement/world.h"

#include "codec/hex.h"
#include "crypto/hash.h"

namespace sluice::agreement::sim {

uint64_t Random::next() {  // splitmix64
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

Bytes FakeBlock::encode() const {
    ByteWriter w;
    w.raw(prev.view());
    w.u32(height);
    w.i64(time);
    w.u8(builder);
    w.u64(salt);
    w.u8(local ? 1 : 0);
    w.u8(invalid ? 1 : 0);
    return w.release();
}
BlockHash FakeBlock::hash() const { return BlockHash::from(sha256d(encode())); }
std::optional<FakeBlock> FakeBlock::decode(ByteView bytes) {
    Reader r(bytes);
    FakeBlock out;
    field(r, out.prev);
    out.height = r.u32();
    out.time = r.i64();
    out.builder = r.u8();
    out.salt = r.u64();
    out.local = r.u8() != 0;
    out.invalid = r.u8() != 0;
    if (!r.finish()) return std::nullopt;
    return out;
}

Signature FakeVerifier::make(ByteView key, const Hash256& digest) {
    const Hash256 mac = hmac_sha256(key, digest.view());
    Signature out;
    std::ranges::copy(mac.view(), out.bytes.begin());
    return out;
}
Bytes FakeVerifier::make_block(ByteView key, const BlockHash& hash) {
    return to_bytes(hmac_sha256(key, hash.view()).view());
}
bool FakeVerifier::verify(ByteView key, const Hash256& digest, const Signature& signature) const {
    return make(key, digest) == signature;
}
bool FakeVerifier::verify_block(ByteView key, const BlockHash& hash, ByteView der) const {
    return equal(make_block(key, hash), der);
}

// --- Node ---

Node::Node(World& world, MemberIndex me) : world_(world), me_(me) {
    FakeBlock genesis;
    disk.chain.push_back(genesis);
    disk.journal.push_back(encode_record(BirthRecord{}));
    disk.journal.push_back(encode_record(FinalRecord{0, genesis.hash()}));
}

void Node::boot() {
    ++life_;
    JournalState state;
    for (const Bytes& bytes : disk.journal) {
        const auto record = decode_record(bytes);
        if (!record) {
            world_.fail("journal record does not decode");
            return;
        }
        apply(state, *record);
    }
    forget_old(state);
    signer = std::make_unique<SignerCore>(*this, *this, world_.verifier, std::move(state), JournalId{});
    signer->set_committee(world_.committee, me_);
    InstanceId instance;
    for (auto& byte : instance.bytes) byte = static_cast<uint8_t>(world_.random.next());
    if (!signer->boot(world_.random.next() | 1, instance)) return;
    participant = std::make_unique<Participant>(*signer, world_.verifier, world_.committee.genesis, ManifestHash{});
    // The chain may be ahead of the journal: follow it.
    for (Height h = signer->state().final_height + 1; h <= height() && up(); ++h) {
        const FakeBlock& block = disk.chain[h];
        (void)signer->advance({block.hash(), block.prev, h, world_.committee.params_root});
    }
    if (!up()) return;
    begin_height();
    resend_later();
}

void Node::crash() {
    ++life_;
    participant.reset();
    signer.reset();
}

void Node::after(int64_t delay, std::function<void(Node&)> what) {
    world_.at(world_.now + delay, [this, life = life_, what = std::move(what)] {
        if (life == life_ && up()) what(*this);
    });
}

void Node::resend_later() {
    after(world_.timing.resend.count(), [](Node& node) {
        State base;
        node.perform(node.participant->on_resend(base));
        if (node.up()) node.resend_later();
    });
}

void Node::begin_height() {
    const FakeBlock& tip = disk.chain.back();
    const int64_t wall = world_.now + skew;
    const int64_t wait =
        std::clamp<int64_t>(tip.time + world_.timing.interval.count() - wall, 0, world_.timing.interval.count());
    HeightMachine::Config config{height() + 1, tip.hash(), world_.committee, me_, world_.timing};
    perform(participant->begin(std::move(config), Milliseconds(wait)));
    if (!up()) return;
    for (const auto& [hash, block] : std::map(disk.bodies)) {
        if (block.height != height() + 1 || !up()) continue;
        perform(participant->on_body_stored({hash, block.prev, block.height, world_.committee.params_root}));
    }
}

bool Node::append(std::span<const Record> records) {
    if (crash_at_append == 0) {
        crash_at_append = -1;
        // The batch is atomic: it is on the disk or it is not; either way nobody hears the answer.
        if (world_.random.chance(50)) keep(records);
        ++life_;
        world_.at(world_.now, [this] { crash(); });
        world_.at(world_.now + 200 + static_cast<int64_t>(world_.random.below(3000)), [this] { boot(); });
        return false;
    }
    if (crash_at_append > 0) --crash_at_append;
    keep(records);
    return true;
}

void Node::keep(std::span<const Record> records) {
    for (const Record& record : records) {
        disk.journal.push_back(encode_record(record));
        if (lie != Lie::kNone) continue;
        if (const auto* slot = std::get_if<SlotRecord>(&record)) {
            if (slot->kind == SlotKind::kPrevote && !slot->hash.is_zero() && !disk.bodies.contains(slot->hash)) {
                world_.fail("S4: prevote without a stored body");
            }
            world_.saw_release(me_, *slot);
        }
        if (const auto* sig = std::get_if<BlockSigRecord>(&record)) world_.saw_release(me_, *sig);
    }
}

Signature Node::sign(const Hash256& digest) { return FakeVerifier::make(world_.committee.keys[me_], digest); }
Bytes Node::sign_block(const BlockHash& hash) { return FakeVerifier::make_block(world_.committee.keys[me_], hash); }

void Node::deliver(MemberIndex from, const Bytes& frame) {
    if (!up()) return;
    auto decoded = decode_frame(frame);
    if (!decoded) {
        world_.fail("frame does not decode");
        return;
    }
    if (const auto* state = std::get_if<State>(&decoded->message);
        state && state->height != 0 && state->height <= height()) {
        // Blocks reach a laggard over p2p.
        const Height wanted = state->height;
        world_.at(world_.now + 5, [this, from, wanted] {
            Node& peer = *world_.nodes[from];
            if (!peer.up() || wanted > height() || world_.island[from] != world_.island[me_]) return;
            peer.on_signed_block(disk.chain[wanted], disk.witnesses[wanted]);
        });
    }
    perform(participant->on_message(from, std::move(decoded->message)));
}

void Node::on_signed_block(const FakeBlock& block, const std::vector<BlockSig>& witness) {
    if (!up() || block.height != height() + 1 || block.prev != disk.chain.back().hash()) return;
    Bitmap signers = 0;
    for (const BlockSig& sig : witness) {
        if (sig.hash == block.hash() && verify_block_sig(world_.committee, world_.verifier, sig))
            signers |= member_bit(sig.member);
    }
    if (static_cast<uint32_t>(count_members(signers)) < world_.committee.threshold) {
        world_.fail("witness too small");
        return;
    }
    world_.saw_final(block);
    disk.chain.push_back(block);
    disk.witnesses[block.height] = witness;
    std::erase_if(disk.bodies, [&](const auto& entry) { return entry.second.height <= block.height; });
    if (!signer->advance({block.hash(), block.prev, block.height, world_.committee.params_root})) {
        if (!up() || signer->state().mode.mode != SignerMode::kHalted) return;
        participant->halt();
    }
    after(0, [](Node& node) { node.begin_height(); });
}

std::pair<Judgement, Judgement> Node::judge(const Judge& judge) const {
    const auto at = disk.bodies.find(judge.hash);
    if (at == disk.bodies.end()) return {Judgement::kUnknown, Judgement::kUnknown};
    const FakeBlock& block = at->second;
    const bool sound = !block.invalid && block.height == height() + 1 && block.prev == disk.chain.back().hash();
    const int64_t wall = world_.now + skew;
    bool acceptable = sound && block.time > disk.chain.back().time && block.time <= wall + 10'000;
    if (judge.view > 0 && block.local) acceptable = false;
    if (dislikes_local && block.local) acceptable = false;
    if (dislikes && dislikes(block)) acceptable = false;
    return {sound ? Judgement::kYes : Judgement::kNo, acceptable ? Judgement::kYes : Judgement::kNo};
}

void Node::send(std::optional<MemberIndex> to, const Message& message) {
    for (MemberIndex peer = 0; peer < world_.committee.size(); ++peer) {
        if (peer == me_ || (to && *to != peer)) continue;
        if (censor && censor(peer, message)) continue;
        Frame frame{{world_.committee.genesis, me_, peer, {}, ++sequence_}, message};
        world_.transmit(me_, peer, encode_frame(frame));
    }
}

// Another block and votes for it go to half of the members.
void Node::perform_lying(const Send& out) {
    const auto other_half = [&](MemberIndex peer) { return peer % 2 == 1; };
    for (MemberIndex peer = 0; peer < world_.committee.size(); ++peer) {
        if (peer == me_ || (out.to && *out.to != peer)) continue;
        Message message = out.message;
        if (other_half(peer)) {
            if (auto* proposal = std::get_if<Proposal>(&message); proposal && proposal->member == me_) {
                FakeBlock twin = FakeBlock::decode(proposal->block).value_or(FakeBlock{});
                if (twin.height != proposal->height) continue;
                twin.salt ^= 1;
                proposal->hash = twin.hash();
                proposal->block = twin.encode();
                proposal->signature = sign(proposal_digest(world_.committee, proposal->height, proposal->view,
                                                           proposal->hash, proposal->valid_view));
                disk.bodies.emplace(proposal->hash, twin);
                // And a vote for it, as if meant.
                for (const VoteType type : {VoteType::kPrevote, VoteType::kPrecommit}) {
                    Vote vote{proposal->height, proposal->view, type, proposal->hash, me_, {}};
                    vote.signature = sign(vote_digest(world_.committee, vote.height, vote.view, type, vote.hash));
                    send(peer, vote);
                }
            } else if (auto* vote = std::get_if<Vote>(&message); vote && vote->member == me_ && !vote->is_nil()) {
                continue;
            }
        }
        send(peer, message);
    }
}

void Node::perform(Participant::Outs outs) {
    const uint64_t life = life_;
    for (auto& out : outs) {
        if (life != life_ || !up()) return;
        if (auto* s = std::get_if<Send>(&out)) {
            if (lie == Lie::kMute) continue;
            if (auto* proposal = std::get_if<Proposal>(&s->message); proposal && proposal->member == me_) {
                const auto body = disk.bodies.find(proposal->hash);
                if (body != disk.bodies.end()) proposal->block = body->second.encode();
            }
            if (lie == Lie::kWithhold && std::holds_alternative<BlockSig>(s->message)) continue;
            if (lie == Lie::kEquivocate) perform_lying(*s);
            else send(s->to, s->message);
        } else if (const auto* build = std::get_if<Build>(&out)) {
            FakeBlock block;
            block.prev = disk.chain.back().hash();
            block.height = height() + 1;
            block.time = std::max(disk.chain.back().time + 1, world_.now + skew);
            block.builder = me_;
            block.salt = world_.random.next();
            block.local = build->view == 0;
            disk.bodies[block.hash()] = block;
            after(5, [block, height = build->height, view = build->view](Node& node) {
                const HeaderFacts facts{block.hash(), block.prev, block.height, node.world_.committee.params_root};
                node.perform(node.participant->on_built(height, view, facts));
            });
        } else if (const auto* store = std::get_if<StoreBody>(&out)) {
            const auto block = FakeBlock::decode(store->block);
            if (!block || block->hash() != store->hash || block->height != height() + 1) continue;
            after(2, [block = *block](Node& node) {
                if (block.height != node.height() + 1) return;
                node.disk.bodies[block.hash()] = block;
                node.perform(node.participant->on_body_stored(
                    {block.hash(), block.prev, block.height, node.world_.committee.params_root}));
            });
        } else if (const auto* j = std::get_if<Judge>(&out)) {
            after(3, [j = *j](Node& node) {
                const auto verdict = node.judge(j);
                node.perform(node.participant->on_judged(j.height, j.view, j.hash, verdict.first,
                                                         j.fresh ? verdict.second : Judgement::kUnknown));
            });
        } else if (const auto* timer = std::get_if<StartTimer>(&out)) {
            after(timer->after.count(),
                  [t = *timer](Node& node) { node.perform(node.participant->on_timer(t.kind, t.height, t.view)); });
        } else if (const auto* assemble = std::get_if<Assemble>(&out)) {
            after(4, [a = *assemble](Node& node) {
                const auto body = node.disk.bodies.find(a.hash);
                if (body == node.disk.bodies.end()) return;
                const FakeBlock block = body->second;
                for (MemberIndex peer = 0; peer < node.world_.committee.size(); ++peer) {
                    if (peer == node.me_ || node.world_.island[peer] != node.world_.island[node.me_]) continue;
                    if (node.lie != Lie::kNone || node.world_.random.chance(30))
                        continue;  // p2p is not reliable either
                    node.world_.at(node.world_.now + 10 + static_cast<int64_t>(node.world_.random.below(30)),
                                   [&world = node.world_, peer, block, sigs = a.signatures] {
                                       world.nodes[peer]->on_signed_block(block, sigs);
                                   });
                }
                node.on_signed_block(block, a.signatures);
            });
        } else if (const auto* serve = std::get_if<ServeBody>(&out)) {
            const auto body = disk.bodies.find(serve->hash);
            if (body != disk.bodies.end() && lie != Lie::kMute)
                send(serve->to, Body{serve->hash, body->second.encode()});
        } else if (const auto* accuse = std::get_if<Accuse>(&out)) {
            ++lies_seen;
            const auto member = accused(accuse->evidence);
            if (!verify_evidence(world_.committee, world_.verifier, accuse->evidence))
                world_.fail("S11: evidence does not verify");
            else if (world_.nodes[*member]->lie == Lie::kNone) world_.fail("S11: evidence names an honest member");
        } else if (const auto* raise = std::get_if<Raise>(&out)) {
            if (raise->kind != AlarmKind::kSignerRefused) ++alarms;
        }
    }
}

// --- World ---

World::World(uint64_t seed, uint32_t n, uint32_t k) : random(seed) {
    committee.genesis = FakeBlock{}.hash();
    committee.params_root.bytes[0] = 7;
    committee.threshold = k;
    for (uint32_t i = 0; i < n; ++i) committee.keys.push_back(Bytes(33, static_cast<uint8_t>(i + 1)));
    for (uint32_t i = 0; i < n; ++i) nodes.push_back(std::make_unique<Node>(*this, static_cast<MemberIndex>(i)));
    island.assign(n, 0);
}

void World::start() {
    for (auto& node : nodes) {
        Node* raw = node.get();
        at(static_cast<int64_t>(random.below(500)), [raw] { raw->boot(); });
    }
}

void World::at(int64_t when, std::function<void()> what) { events_.push({when, ++order_, std::move(what)}); }

bool World::run_until(int64_t until, const std::function<bool()>& done) {
    while (!events_.empty() && breach.empty()) {
        if (events_.top().when > until) break;
        Event event = events_.top();
        events_.pop();
        now = event.when;
        event.what();
        if (done && done()) return true;
    }
    now = std::max(now, until);
    return false;
}

void World::transmit(MemberIndex from, MemberIndex to, Bytes frame) {
    if (island[from] != island[to] || random.chance(faults.drop_percent)) return;
    const int copies = random.chance(faults.duplicate_percent) ? 2 : 1;
    for (int copy = 0; copy < copies; ++copy) {
        const auto spread = static_cast<uint64_t>(faults.delay_most - faults.delay_least + 1);
        const int64_t delay = faults.delay_least + static_cast<int64_t>(random.below(spread));
        at(now + delay, [this, from, to, frame] {
            if (island[from] != island[to]) return;
            ++delivered;
            nodes[to]->deliver(from, frame);
        });
    }
}

void World::fail(std::string what) {
    if (breach.empty()) breach = "t=" + std::to_string(now) + " " + std::move(what);
}

void World::saw_release(MemberIndex member, const SlotRecord& slot) {
    const auto [at, fresh] = released_.emplace(std::tuple(member, slot.height, slot.view, slot.kind), slot.hash);
    if (!fresh && at->second != slot.hash)
        fail("S2: two signatures of member " + std::to_string(member) + " for one slot");
    votes_[{slot.height, slot.view, slot.kind, slot.hash}] |= member_bit(member);
}

void World::saw_release(MemberIndex member, const BlockSigRecord& sig) {
    const auto [at, fresh] = block_sigs_.emplace(std::pair(member, sig.height), sig.hash);
    if (!fresh && at->second != sig.hash) fail("S2: two block signatures of member " + std::to_string(member));
    // Liars may have voted for anything; the honest part of the quorum must be real.
    uint32_t liars = 0;
    for (const auto& node : nodes) liars += node->lie != Lie::kNone ? 1 : 0;
    bool certified = false;
    for (const auto& [slot, members] : votes_) {
        if (std::get<0>(slot) != sig.height || std::get<2>(slot) != SlotKind::kPrecommit ||
            std::get<3>(slot) != sig.hash)
            continue;
        certified |= static_cast<uint32_t>(count_members(members)) + liars >= committee.threshold;
    }
    if (!certified) fail("S3: block signature without a quorum of one view");
}

void World::saw_final(const FakeBlock& block) {
    const auto [at, fresh] = signed_.emplace(block.height, block.hash());
    if (!fresh && at->second != block.hash()) fail("S1: two signed blocks at height " + std::to_string(block.height));
    if (block.invalid) fail("an invalid block is final");
}

Height World::lowest_height() const {
    Height lowest = 0xffffffff;
    for (const auto& node : nodes) {
        if (node->up() && node->connected && node->lie == Lie::kNone) lowest = std::min(lowest, node->height());
    }
    return lowest;
}
Height World::highest_height() const {
    Height highest = 0;
    for (const auto& node : nodes) highest = std::max(highest, node->height());
    return highest;
}

}  // namespace sluice::agreement::sim

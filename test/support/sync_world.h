// A small world of sync engines connected back to back: no sockets, no threads, one clock. Messages travel in order, as
// bytes; a test may drop some. Chains and pools are fakes with rules that a test can break on purpose:
//   a header is valid if its solution is {1}; a block is valid if its Merkle root is right, its coinbase has no witness
//   (else it is a mutated copy) and the coinbase script is not {0xff}; {0xfe} is only found out when it is connected; a
//   transaction is an orphan if it spends an output of an unknown transaction (ids that begin with 0xcc exist), and
//   breaks consensus if its version is 99.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "p2p/sync/engine.h"
#include "p2p/wire/messages.h"
#include "support/fake_chain.h"

namespace sluice::test {

class FakePool final : public sync::MempoolPort {
public:
    explicit FakePool(Tasks& queue) : tasks(queue) {}
    void accept(TxRef tx, std::function<void(sync::TxResult)> done) override {
        const sync::TxResult result = add(tx);
        tasks.push_back([done, result] { done(result); });
    }
    [[nodiscard]] int64_t min_fee_rate() const override { return 100; }

    sync::TxResult add(const TxRef& tx, int64_t fee = 1000) {
        using Kind = sync::TxResult::Kind;
        sync::TxResult result;
        if (tx->tx.version == 99) {
            result.invalid = true;
            result.reason = "bad-version";
            return result;
        }
        if (tx->tx.version == 98 && !tx->tx.has_witness()) {
            result.stripped = true;
            return result;
        }
        if (known.contains(tx->txid)) {
            result.kind = Kind::kKnown;
            return result;
        }
        for (const TxIn& in : tx->tx.inputs) {
            if (in.prevout.txid.bytes[0] != 0xcc && !known.contains(in.prevout.txid))
                result.missing.push_back(in.prevout.txid);
        }
        result.kind = result.missing.empty() ? Kind::kAccepted : Kind::kMissingInputs;
        if (!result.missing.empty()) return result;
        known[tx->txid] = tx;
        if (on_added) tasks.push_back([this, tx, fee] { on_added({tx, fee, tx->size}); });
        return result;
    }

    Tasks& tasks;
    std::map<Txid, TxRef> known;
    std::function<void(const sync::RelayTx&)> on_added;
};

class InlineCompute final : public sync::ComputePort {
public:
    explicit InlineCompute(Tasks& queue) : tasks(queue) {}
    void run(std::function<void()> job, std::function<void()> done) override {
        tasks.push_back([job, done] {
            job();
            done();
        });
    }
    Tasks& tasks;
};

class World;

class Host final : public net::PeerTransport {
public:
    Host(World& owner, size_t number, sync::EngineOptions options);

    void send(net::PeerId peer, std::string_view command, ByteView payload) override;
    void disconnect(net::PeerId peer, std::string_view why) override;
    void discourage(net::PeerId peer, std::string_view why) override;
    void established(net::PeerId, uint64_t) override { ++established_count; }
    [[nodiscard]] bool send_full(net::PeerId) const override { return false; }
    void set_reading(net::PeerId, bool) override {}

    struct Link {
        Host* other = nullptr;
        net::PeerId there = 0;
    };
    World& world;
    size_t index;
    FakeChain chain;
    FakePool pool;
    InlineCompute compute;
    net::AddressBook book;
    sync::Engine engine;
    std::map<net::PeerId, Link> links;
    std::map<std::string, int> sent;
    std::function<void(net::PeerId to, std::string_view command, ByteView payload)> on_send;
    std::set<net::PeerId> trusted;  // as -whitelist and manual connections: never closed for misbehaviour
    std::vector<std::string> discouraged;
    std::vector<std::string> dropped;
    int established_count = 0;
};

class World {
public:
    // A message on its way: return false to lose it.
    std::function<bool(const Host& from, const Host& to, std::string_view command)> passes;

    Host& add(sync::EngineOptions options = {}) {
        hosts.push_back(std::make_unique<Host>(*this, hosts.size(), std::move(options)));
        return *hosts.back();
    }
    // `from` dials `to`. Returns the id that the peer has at `from`.
    net::PeerId connect(Host& from, Host& to, net::ConnectionKind kind = net::ConnectionKind::kOutbound) {
        const net::PeerId here = next_id++;
        const net::PeerId there = next_id++;
        from.links[here] = {&to, there};
        to.links[there] = {&from, here};
        if (kind == net::ConnectionKind::kManual) from.trusted.insert(here);
        to.engine.connected(info(there, net::ConnectionKind::kInbound, from));
        from.engine.connected(info(here, kind, to));
        return here;
    }
    // A peer without an engine: the test speaks for it. Returns the id that `to` knows it by.
    net::PeerId stranger(Host& to, const net::Permissions& permissions = {}, bool trusted = false) {
        const net::PeerId there = next_id++;
        to.links[there] = {};
        net::PeerInfo peer = info(there, net::ConnectionKind::kInbound, to);
        peer.protected_from_bans = trusted;
        if (trusted) to.trusted.insert(there);
        peer.permissions = permissions;
        to.engine.connected(peer);
        return there;
    }
    void say(Host& to, net::PeerId as, const wire::Message& message) {
        to.engine.received(as, {std::string(wire::command_of(message)), wire::encode_message(message)});
    }
    void greet(Host& to, net::PeerId as, uint64_t services = wire::kNodeNetwork | wire::kNodeWitness) {
        wire::Version version;
        version.services = services;
        version.nonce = 77;
        say(to, as, version);
        say(to, as, wire::WtxidRelay{});
        say(to, as, wire::Verack{});
        run();
    }
    void cut(Host& a, net::PeerId id) {
        const auto at = a.links.find(id);
        if (at == a.links.end()) return;
        const Host::Link link = at->second;
        a.links.erase(at);
        a.engine.disconnected(id);
        if (link.other == nullptr) return;
        link.other->links.erase(link.there);
        link.other->engine.disconnected(link.there);
    }
    void run() {
        for (size_t i = 0; !tasks.empty() && i < 1'000'000; ++i) {
            const std::function<void()> task = std::move(tasks.front());
            tasks.pop_front();
            task();
        }
    }
    void pass(std::chrono::milliseconds time, std::chrono::milliseconds step = std::chrono::milliseconds(200)) {
        for (std::chrono::milliseconds done{0}; done < time; done += step) {
            clock.elapsed += step;
            for (const auto& host : hosts) host->engine.tick();
            run();
        }
    }

    Tasks tasks;
    TestClock clock;
    std::mt19937_64 random{42};
    std::vector<std::unique_ptr<Host>> hosts;
    net::PeerId next_id = 0;

private:
    net::PeerInfo info(net::PeerId id, net::ConnectionKind kind, const Host& other) {
        net::PeerInfo out;
        out.id = id;
        out.kind = kind;
        out.address = *wire::parse_ip("8.8." + std::to_string(other.index) + ".1", 7042);
        out.connected_at = clock.unix_time();
        out.protected_from_bans = kind == net::ConnectionKind::kManual;
        return out;
    }
};

inline Host::Host(World& owner, size_t number, sync::EngineOptions options)
    : world(owner),
      index(number),
      chain(owner.tasks, owner.clock),
      pool(owner.tasks),
      compute(owner.tasks),
      book({number, 1}, [&owner](uint64_t below) { return owner.random() % below; }),
      engine(
          {*this, book, chain, pool, compute, owner.clock, [&owner](uint64_t below) { return owner.random() % below; }},
          std::move(options)) {
    chain.on_connected = [this](const auto& blocks) { engine.blocks_connected(blocks); };
    pool.on_added = [this](const sync::RelayTx& tx) { engine.transaction_added(tx); };
}

inline void Host::send(net::PeerId peer, std::string_view command, ByteView payload) {
    ++sent[std::string(command)];
    if (on_send) on_send(peer, command, payload);
    const auto at = links.find(peer);
    if (at == links.end() || at->second.other == nullptr) return;
    const Link link = at->second;
    if (world.passes && !world.passes(*this, *link.other, command)) return;
    world.tasks.push_back([link, frame = wire::Frame{std::string(command), to_bytes(payload)}] {
        if (link.other->links.contains(link.there)) link.other->engine.received(link.there, frame);
    });
}
inline void Host::disconnect(net::PeerId peer, std::string_view why) {
    dropped.emplace_back(why);
    world.tasks.push_back([this, peer] { world.cut(*this, peer); });
}
inline void Host::discourage(net::PeerId peer, std::string_view why) {
    discouraged.emplace_back(why);
    if (!trusted.contains(peer)) disconnect(peer, why);
}

// A node three blocks from genesis, and a stranger at its door.
struct Meeting {
    Meeting() {
        node.chain.mine(3, kStart);
        world.run();
        stranger = world.stranger(node);
        world.greet(node, stranger);
    }
    void says(const wire::Message& message) {
        world.say(node, stranger, message);
        world.run();
    }
    void says_raw(const std::string& command, const Bytes& payload) {
        node.engine.received(stranger, {command, payload});
        world.run();
    }
    bool is_connected() { return node.links.contains(stranger); }
    BlockHash tip_hash() { return node.chain.tip_hash; }
    sync::PeerReport report(net::PeerId peer) {
        for (const sync::PeerReport& report : node.engine.reports()) {
            if (report.id == peer) return report;
        }
        return {};
    }
    std::vector<uint32_t> heights_in_flight(net::PeerId peer) { return report(peer).blocks_in_flight; }
    int64_t synced_headers(net::PeerId peer) { return report(peer).synced_headers; }

    World world;
    Host& node = world.add();
    net::PeerId stranger = 0;
};

}  // namespace sluice::test

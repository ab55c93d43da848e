// Arbitrary but valid values of the peer protocol's types, drawn from a seed: for round-trip tests and fuzz corpora.
#pragma once

#include <random>

#include "p2p/wire/messages.h"

namespace sluice::test {

class Samples {
public:
    explicit Samples(uint64_t seed) : random_(seed) {}

    uint64_t number(uint64_t below) { return std::uniform_int_distribution<uint64_t>(0, below - 1)(random_); }
    bool coin() { return number(2) == 1; }
    Bytes bytes(size_t size) {
        Bytes out(size);
        for (uint8_t& b : out) b = static_cast<uint8_t>(number(256));
        return out;
    }
    Script script(size_t size) { return Script{bytes(size)}; }
    template <class Id>
    Id id() {
        return Id::from_view(bytes(32));
    }

    Transaction transaction(bool witness) {
        Transaction tx;
        tx.version = static_cast<int32_t>(number(4));
        tx.lock_time = static_cast<uint32_t>(number(1u << 31));
        for (size_t i = 0, n = 1 + number(3); i < n; ++i) {
            TxIn in;
            in.prevout = {id<Txid>(), static_cast<uint32_t>(number(5))};
            in.script_sig = script(number(20));
            in.sequence = static_cast<uint32_t>(number(1u << 31));
            if (witness) in.witness.script_witness = {bytes(number(10)), bytes(1 + number(70))};
            tx.inputs.push_back(std::move(in));
        }
        for (size_t i = 0, n = 1 + number(3); i < n; ++i) {
            TxOut out;
            out.asset = id<AssetId>();
            out.value = Amount{static_cast<int64_t>(number(1'000'000))};
            out.script = script(number(30));
            tx.outputs.push_back(std::move(out));
        }
        return tx;
    }

    BlockHeader header() {
        BlockHeader out;
        out.version = 0x20000000;
        out.prev = id<BlockHash>();
        out.merkle_root = id<MerkleRoot>();
        out.time = static_cast<uint32_t>(number(UINT32_MAX));
        out.height = static_cast<uint32_t>(number(1'000'000));
        if (coin()) {
            out.seal = BlockProof{script(5), script(number(80))};
        } else {
            DynafedHeader dynafed;
            dynafed.current.kind = DynafedEntryKind::kCompact;
            dynafed.current.signblockscript = script(34);
            dynafed.current.signblock_witness_limit = 300;
            dynafed.current.elided_root = id<Hash256>();
            dynafed.signblock_witness = {bytes(72), bytes(105)};
            out.seal = std::move(dynafed);
        }
        return out;
    }

    Block block(size_t transactions) {
        Block out{header(), {}};
        for (size_t i = 0; i < transactions; ++i) out.transactions.push_back(make_tx(transaction(coin())));
        return out;
    }

    wire::PeerAddress address(bool legacy) {
        wire::PeerAddress out;
        out.time = static_cast<uint32_t>(number(UINT32_MAX));
        out.services = number(1 << 12);
        const size_t kinds = legacy ? 2 : 4;
        const wire::Network networks[] = {wire::Network::kIpv4, wire::Network::kIpv6, wire::Network::kTorV3,
                                          wire::Network::kI2p};
        const size_t sizes[] = {4, 16, 32, 32};
        const size_t kind = number(kinds);
        const Bytes raw = bytes(sizes[kind]);
        out.address.network = networks[kind];
        out.address.size = static_cast<uint8_t>(raw.size());
        std::copy(raw.begin(), raw.end(), out.address.bytes.begin());
        if (kind == 1) out.address.bytes[0] = 0x20;
        out.address.port = static_cast<uint16_t>(number(65536));
        return out;
    }

    std::vector<wire::InvItem> items() {
        std::vector<wire::InvItem> out;
        for (size_t i = 0, n = number(6); i < n; ++i) out.push_back({static_cast<uint32_t>(number(7)), id<Hash256>()});
        return out;
    }
    wire::Locator locator() {
        wire::Locator out;
        for (size_t i = 0, n = number(12); i < n; ++i) out.have.push_back(id<BlockHash>());
        if (coin()) out.stop = id<BlockHash>();
        return out;
    }

    // A message of the given alternative of wire::Message.
    wire::Message message(size_t kind);

private:
    std::mt19937_64 random_;
};

inline wire::Message Samples::message(size_t kind) {
    using namespace wire;
    switch (kind) {
        case 0: {
            Version v;
            v.services = kNodeNetwork | kNodeWitness;
            v.time = static_cast<int64_t>(number(1u << 31));
            v.receiver = address(true).address;
            v.nonce = number(UINT64_MAX);
            v.user_agent = "/Sample:1/";
            v.start_height = static_cast<int32_t>(number(1'000'000));
            v.relay = coin();
            return v;
        }
        case 1: return Verack{};
        case 2: return Ping{number(UINT64_MAX)};
        case 3: return Pong{number(UINT64_MAX)};
        case 4: {
            Addr m;
            for (size_t i = 0, n = number(5); i < n; ++i) m.addresses.push_back(address(true));
            return m;
        }
        case 5: {
            AddrV2 m;
            for (size_t i = 0, n = number(5); i < n; ++i) m.addresses.push_back(address(false));
            return m;
        }
        case 6: return SendAddrV2{};
        case 7: return GetAddr{};
        case 8: return Inv{items()};
        case 9: return GetData{items()};
        case 10: return NotFound{items()};
        case 11: return GetBlocks{locator()};
        case 12: return GetHeaders{locator()};
        case 13: {
            Headers m;
            for (size_t i = 0, n = number(6); i < n; ++i) m.headers.push_back(header());
            return m;
        }
        case 14: return Tx{make_tx(transaction(coin()))};
        case 15: return BlockMessage{block(number(5))};
        case 16: return Mempool{};
        case 17: return SendHeaders{};
        case 18: return FeeFilter{static_cast<int64_t>(number(100'000))};
        case 19: return SendCmpct{coin(), 1 + number(3)};
        case 20: {
            CmpctBlock m;
            m.header = header();
            m.nonce = number(UINT64_MAX);
            for (size_t i = 0, n = number(9); i < n; ++i) m.short_ids.push_back(number(uint64_t{1} << 48));
            uint32_t index = 0;
            for (size_t i = 0, n = number(3); i < n; ++i) {
                index += static_cast<uint32_t>(number(300));
                m.prefilled.push_back({index++, make_tx(transaction(coin()))});
            }
            return m;
        }
        case 21: {
            GetBlockTxn m;
            m.block = id<BlockHash>();
            uint32_t index = 0;
            for (size_t i = 0, n = number(9); i < n; ++i) {
                index += static_cast<uint32_t>(number(1000));
                m.indexes.push_back(index++);
            }
            return m;
        }
        case 22: {
            BlockTxn m;
            m.block = id<BlockHash>();
            for (size_t i = 0, n = number(4); i < n; ++i) m.transactions.push_back(make_tx(transaction(coin())));
            return m;
        }
        default: return WtxidRelay{};
    }
}

}  // namespace sluice::test

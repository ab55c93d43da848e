#include "chain/records.h"

#include "consensus/rules/connect.h"

namespace sluice::chain {
namespace {

// Bitcoin's smallest input is 41 bytes and a block weighs at most 4,000,000: no block spends more coins than this.
constexpr size_t kMinCoinBytes = 1;

void write_outpoint(Writer& writer, const OutPoint& outpoint) {
    writer.raw(outpoint.txid.view());
    writer.u8(static_cast<uint8_t>(outpoint.index >> 24));
    writer.u8(static_cast<uint8_t>(outpoint.index >> 16));
    writer.u8(static_cast<uint8_t>(outpoint.index >> 8));
    writer.u8(static_cast<uint8_t>(outpoint.index));
}

}  // namespace

namespace {

Bytes outpoint_key(uint8_t prefix, const OutPoint& outpoint) {
    ByteWriter writer;
    writer.u8(prefix);
    write_outpoint(writer, outpoint);
    return writer.release();
}

std::optional<OutPoint> parse_outpoint_key(uint8_t prefix, ByteView key) {
    Reader reader(key);
    if (reader.u8() != prefix) return std::nullopt;
    OutPoint outpoint;
    field(reader, outpoint.txid);
    const ByteView index = reader.take(4);
    if (!reader.finish()) return std::nullopt;
    outpoint.index = (uint32_t{index[0]} << 24) | (uint32_t{index[1]} << 16) | (uint32_t{index[2]} << 8) | index[3];
    return outpoint;
}

}  // namespace

Bytes coin_key(const OutPoint& outpoint) { return outpoint_key(kCoinPrefix, outpoint); }
std::optional<OutPoint> parse_coin_key(ByteView key) { return parse_outpoint_key(kCoinPrefix, key); }
Bytes accepted_pegin_key(const OutPoint& deposit) { return outpoint_key(kAcceptedPrefix, deposit); }
std::optional<OutPoint> parse_accepted_pegin_key(ByteView key) { return parse_outpoint_key(kAcceptedPrefix, key); }

Bytes pegin_key(const rules::PeginId& pegin) {
    ByteWriter writer;
    writer.u8(kPeginPrefix);
    writer.raw(pegin.genesis.view());
    write_outpoint(writer, pegin.deposit);
    return writer.release();
}

Bytes block_key(uint8_t prefix, const BlockHash& hash) {
    Bytes key{prefix};
    append(key, hash.view());
    return key;
}

Bytes single_key(uint8_t key) { return Bytes{key}; }

Bytes encode_coin(const rules::Coin& coin) {
    ByteWriter writer;
    writer.u32(coin.height * 2 + (coin.coinbase ? 1 : 0));
    describe(writer, coin.out.asset);
    describe(writer, coin.out.value);
    writer.raw(coin.out.script.view());
    return writer.release();
}

std::optional<rules::Coin> decode_coin(ByteView bytes) {
    Reader reader(bytes);
    rules::Coin coin;
    const uint32_t code = reader.u32();
    coin.height = code >> 1;
    coin.coinbase = (code & 1) != 0;
    describe(reader, coin.out.asset);
    describe(reader, coin.out.value);
    coin.out.script.bytes = to_bytes(reader.take(reader.remaining()));
    if (!reader.finish() || coin.out.asset.is_null() || coin.out.value.is_null()) return std::nullopt;
    return coin;
}

Bytes encode_undo(const std::vector<rules::CoinChange>& spent) {
    ByteWriter writer;
    writer.compact_size(spent.size());
    for (const rules::CoinChange& change : spent) writer.var_bytes(encode_coin(change.coin));
    return writer.release();
}

Hash256 undo_checksum(const BlockHash& prev, ByteView payload) {
    Sha256 inner;
    inner.write(prev.view()).write(payload);
    return sha256(inner.finish().view());
}

std::optional<rules::BlockDelta> rebuild_delta(const Block& block, uint32_t height, ByteView undo_payload) {
    Reader reader(undo_payload);
    size_t left = reader.count(kMinCoinBytes);
    rules::BlockDelta delta;
    for (const TxRef& tx : block.transactions) {
        for (const TxIn& in : tx->tx.inputs) {
            if (tx->tx.is_coinbase()) break;
            if (in.is_pegin) {
                if (in.witness.pegin_witness.size() < 3 || in.witness.pegin_witness[2].size() != ParentGenesis::kSize) {
                    return std::nullopt;
                }
                delta.pegins.push_back({ParentGenesis::from_view(in.witness.pegin_witness[2]), in.prevout});
                continue;
            }
            if (left-- == 0) return std::nullopt;
            std::optional<rules::Coin> coin = decode_coin(reader.var_view());
            if (!coin) return std::nullopt;
            delta.spent.push_back({in.prevout, std::move(*coin)});
        }
        rules::append_coins(delta.created, *tx, height);
        for (const TxOut& out : tx->tx.outputs) {
            if (!out.is_fee()) continue;
            Amount& total = delta.fees[out.asset.explicit_value()];
            const std::optional<Amount> sum = add(total, out.value.explicit_value());
            if (!sum) return std::nullopt;
            total = *sum;
        }
    }
    if (left != 0 || !reader.finish()) return std::nullopt;
    return delta;
}

}  // namespace sluice::chain

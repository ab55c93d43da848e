#include "wallet/records.h"

#include <algorithm>

#include "codec/describe.h"

namespace sluice::wallet {
namespace {

constexpr uint8_t kNoChain = 255;

Bytes prefixed(char letter, ByteView rest) {
    Bytes out = {static_cast<uint8_t>(letter)};
    append(out, rest);
    return out;
}

void write_text(Writer& writer, const std::string& text) { writer.var_bytes(as_bytes(text)); }
std::string read_text(Reader& reader) { return std::string(as_text(reader.var_view())); }

void write_point(Writer& writer, const std::optional<ports::BlockPoint>& point) {
    writer.u8(point ? 1 : 0);
    if (!point) return;
    field(writer, point->hash);
    field(writer, point->height);
}
std::optional<ports::BlockPoint> read_point(Reader& reader) {
    const uint8_t present = reader.u8();
    if (present > 1) reader.fail(DecodeError::kBadValue);
    if (present != 1) return std::nullopt;
    ports::BlockPoint point;
    field(reader, point.hash);
    field(reader, point.height);
    return point;
}

void write_txid(Writer& writer, const std::optional<Txid>& txid) {
    writer.u8(txid ? 1 : 0);
    if (txid) field(writer, *txid);
}
std::optional<Txid> read_txid(Reader& reader) {
    const uint8_t present = reader.u8();
    if (present > 1) reader.fail(DecodeError::kBadValue);
    if (present != 1) return std::nullopt;
    Txid out;
    field(reader, out);
    return out;
}

std::vector<std::optional<PubKey>> read_receivers(Reader& reader) {
    std::vector<std::optional<PubKey>> out;
    const uint64_t count = reader.compact_size();
    for (uint64_t i = 0; i < count && reader.ok(); ++i) {
        const uint8_t present = reader.u8();
        if (present > 1) reader.fail(DecodeError::kBadValue);
        out.emplace_back();
        if (present != 1) continue;
        out.back() = PubKey::parse(reader.take(PubKey::kCompressedSize));
        if (!out.back()) reader.fail(DecodeError::kBadValue);
    }
    return out;
}

}  // namespace

Bytes tx_key(const Txid& txid) { return prefixed('t', txid.view()); }
Bytes address_key(const Script& script) { return prefixed('a', script.view()); }
Bytes pegin_key(const Script& parent_script) { return prefixed('d', parent_script.view()); }
Bytes progress_key() { return prefixed('m', as_bytes("progress")); }

Bytes encode_wallet_tx(const WalletTx& tx) {
    ByteWriter writer;
    write_point(writer, tx.block);
    writer.u32(tx.position);
    writer.i64(tx.block_time);
    writer.i64(tx.time_received);
    writer.u8(static_cast<uint8_t>((tx.conflicted ? 1 : 0) | (tx.abandoned ? 2 : 0)));
    write_text(writer, tx.comment);
    writer.var_bytes(encode_tx(tx.tx->tx));
    // What only some have follows only there.
    if (tx.comment_to.empty() && tx.receivers.empty() && !tx.replaces && !tx.replaced_by) return writer.release();
    write_text(writer, tx.comment_to);
    write_txid(writer, tx.replaces);
    write_txid(writer, tx.replaced_by);
    writer.compact_size(tx.receivers.size());
    for (const std::optional<PubKey>& key : tx.receivers) {
        writer.u8(key ? 1 : 0);
        if (key) writer.raw(key->view());
    }
    return writer.release();
}

std::optional<WalletTx> decode_wallet_tx(ByteView value) {
    Reader reader(value);
    WalletTx out;
    out.block = read_point(reader);
    out.position = reader.u32();
    out.block_time = reader.i64();
    out.time_received = reader.i64();
    const uint8_t flags = reader.u8();
    out.conflicted = (flags & 1) != 0;
    out.abandoned = (flags & 2) != 0;
    out.comment = read_text(reader);
    out.tx = parse_tx(reader.var_view());
    if (reader.remaining() > 0) {
        out.comment_to = read_text(reader);
        out.replaces = read_txid(reader);
        out.replaced_by = read_txid(reader);
        out.receivers = read_receivers(reader);
    }
    if (!reader.finish() || !out.tx) return std::nullopt;
    return out;
}

Bytes encode_address_record(const AddressRecord& record) {
    ByteWriter writer;
    writer.u8(record.key ? static_cast<uint8_t>(record.key->chain) : kNoChain);
    writer.u32(record.key ? record.key->index : 0);
    write_text(writer, record.label);
    return writer.release();
}

std::optional<AddressRecord> decode_address_record(ByteView value) {
    Reader reader(value);
    AddressRecord out;
    const uint8_t chain = reader.u8();
    if (chain >= kKeyChains && chain != kNoChain) return std::nullopt;
    const uint32_t index = reader.u32();
    if (chain != kNoChain) out.key = KeyIndex{static_cast<KeyChain>(chain), index};
    out.label = read_text(reader);
    return reader.finish() ? std::optional(out) : std::nullopt;
}

Bytes encode_pegin_record(const PeginRecord& record) {
    ByteWriter writer;
    field(static_cast<Writer&>(writer), record.parent_script);
    field(static_cast<Writer&>(writer), record.claim_script);
    field(static_cast<Writer&>(writer), record.fedpegscript);
    return writer.release();
}

std::optional<PeginRecord> decode_pegin_record(ByteView value) {
    Reader reader(value);
    PeginRecord out;
    field(reader, out.parent_script);
    field(reader, out.claim_script);
    field(reader, out.fedpegscript);
    return reader.finish() ? std::optional(out) : std::nullopt;
}

Bytes pak_key() { return prefixed('m', as_bytes("pak")); }

Bytes encode_pak_record(const PakRecord& record) {
    ByteWriter writer;
    write_text(writer, record.descriptor);
    writer.u32(record.counter);
    field(static_cast<Writer&>(writer), record.online);
    return writer.release();
}

std::optional<PakRecord> decode_pak_record(ByteView value) {
    Reader reader(value);
    PakRecord out;
    out.descriptor = read_text(reader);
    out.counter = reader.u32();
    field(reader, out.online);
    return reader.finish() ? std::optional(out) : std::nullopt;
}

Bytes opened_key(const AmountPlace& at) {
    ByteWriter writer;
    writer.u8('u');
    writer.u8(static_cast<uint8_t>(at.part));
    field(static_cast<Writer&>(writer), at.txid);
    writer.u32(at.index);
    return writer.release();
}

std::optional<AmountPlace> decode_opened_key(ByteView key) {
    Reader reader(key);
    AmountPlace out;
    if (reader.u8() != 'u') return std::nullopt;
    const uint8_t part = reader.u8();
    if (part > static_cast<uint8_t>(AmountPart::kTokens)) return std::nullopt;
    out.part = static_cast<AmountPart>(part);
    field(reader, out.txid);
    out.index = reader.u32();
    return reader.finish() ? std::optional(out) : std::nullopt;
}

Bytes encode_opened(const Opened& opened) {
    ByteWriter writer;
    field(static_cast<Writer&>(writer), opened.asset);
    writer.i64(opened.value.sat);
    field(static_cast<Writer&>(writer), opened.asset_blind);
    field(static_cast<Writer&>(writer), opened.value_blind);
    return writer.release();
}

std::optional<Opened> decode_opened(ByteView value) {
    Reader reader(value);
    Opened out;
    field(reader, out.asset);
    out.value = Amount{reader.i64()};
    field(reader, out.asset_blind);
    field(reader, out.value_blind);
    return reader.finish() ? std::optional(out) : std::nullopt;
}

Bytes blinding_key_key(const Script& script) { return prefixed('b', script.view()); }

Bytes locked_coin_key(const OutPoint& coin) {
    ByteWriter writer;
    writer.u8('l');
    field(static_cast<Writer&>(writer), coin);
    return writer.release();
}

std::optional<OutPoint> decode_locked_coin_key(ByteView key) {
    Reader reader(key);
    if (reader.u8() != 'l') return std::nullopt;
    OutPoint out;
    field(reader, out);
    return reader.finish() ? std::optional(out) : std::nullopt;
}

Bytes import_key(std::string_view text) { return prefixed('i', as_bytes(text)); }
Bytes imported_secret_key(const PubKey& of) { return prefixed('k', of.view()); }

Bytes encode_import(const ImportRecord& record) {
    ByteWriter writer;
    write_text(writer, record.text);
    write_text(writer, record.label);
    writer.i64(record.timestamp);
    writer.u8(static_cast<uint8_t>((record.active ? 1 : 0) | (record.internal ? 2 : 0)));
    writer.u32(record.begin);
    writer.u32(record.end);
    writer.u32(record.next);
    return writer.release();
}

std::optional<ImportRecord> decode_import(ByteView value) {
    Reader reader(value);
    ImportRecord out;
    out.text = read_text(reader);
    out.label = read_text(reader);
    out.timestamp = reader.i64();
    const uint8_t flags = reader.u8();
    out.active = (flags & 1) != 0;
    out.internal = (flags & 2) != 0;
    out.begin = reader.u32();
    out.end = reader.u32();
    out.next = reader.u32();
    return reader.finish() && flags <= 3 ? std::optional(out) : std::nullopt;
}

Bytes restoring_key() { return prefixed('m', as_bytes("restoring")); }

Bytes flags_key() { return prefixed('m', as_bytes("flags")); }

Bytes encode_flags(const WalletFlags& flags) {
    return {static_cast<uint8_t>((flags.private_keys_disabled ? 1 : 0) | (flags.blank ? 2 : 0) |
                                 (flags.avoid_reuse ? 4 : 0) | (flags.mixed ? 8 : 0))};
}

std::optional<WalletFlags> decode_flags(ByteView value) {
    if (value.size() != 1 || value[0] > 15) return std::nullopt;
    return WalletFlags{(value[0] & 1) != 0, (value[0] & 2) != 0, (value[0] & 4) != 0, (value[0] & 8) != 0};
}

// The chains that were added later follow only when one of them was used.
Bytes encode_progress(const Progress& progress) {
    ByteWriter writer;
    write_point(writer, progress.best);
    const bool all =
        std::any_of(progress.next.begin() + 2, progress.next.end(), [](uint32_t next) { return next > 0; });
    for (size_t chain = 0; chain < (all ? kKeyChains : 2); ++chain) writer.u32(progress.next[chain]);
    return writer.release();
}

std::optional<Progress> decode_progress(ByteView value) {
    Reader reader(value);
    Progress out;
    out.best = read_point(reader);
    for (size_t chain = 0; chain < kKeyChains && (chain < 2 || reader.remaining() > 0); ++chain)
        out.next[chain] = reader.u32();
    return reader.finish() ? std::optional(out) : std::nullopt;
}

}  // namespace sluice::wallet

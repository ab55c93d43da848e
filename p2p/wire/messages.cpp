#include "p2p/wire/messages.h"

#include <algorithm>

#include <concepts>

#include "codec/describe.h"

namespace sluice::wire {
namespace {

constexpr size_t kMinTx = 11;
constexpr size_t kMinHeader = 4 + 32 + 32 + 4 + 4 + 2 + 1;  // with the transaction count that follows it
constexpr size_t kMinAddrV2 = 4 + 1 + 1 + 1 + 2;

void field_bool(Reader& r, bool& v) { v = r.u8() != 0; }
void field_bool(Writer& w, bool v) { w.u8(v ? 1 : 0); }

// A transaction inside a message: decoded with its ids, written with its witness.
void field_tx(Reader& r, TxRef& tx) {
    Transaction plain;
    describe(r, plain);
    if (r.ok()) tx = make_tx(std::move(plain));
}
void field_tx(Writer& w, const TxRef& tx) { describe(w, tx->tx, WitnessForm::kWith); }

template <class A, Like<PeerAddress> T>
void describe_v1(A& a, T& p) {
    field(a, p.time);
    field(a, p.services);
    describe_legacy(a, p.address);
}
template <class A, Like<PeerAddress> T>
void describe_v2(A& a, T& p) {
    field(a, p.time);
    if constexpr (kReads<A>) {
        p.services = a.compact_u64();
    } else {
        a.compact_size(p.services);
    }
    describe_bip155(a, p.address);
}

template <class A, Like<InvItem> T>
void describe(A& a, T& i) {
    field(a, i.type);
    field(a, i.hash);
}

template <class A, Like<Locator> T>
void describe(A& a, T& l) {
    field(a, l.version);
    list(a, l.have, 32);
    field(a, l.stop);
}

// BIP152: each index is written as its distance from the one after the previous. `next` is that one.
uint32_t read_index(Reader& r, uint64_t& next) {
    const uint64_t distance = r.compact_size();
    const uint64_t index = next + distance;
    if (index > 0xffff) r.fail(DecodeError::kBadValue);
    next = index + 1;
    return static_cast<uint32_t>(index);
}
void write_index(Writer& w, uint32_t index, uint64_t& next) {
    w.compact_size(index - next);
    next = uint64_t{index} + 1;
}

void code(Reader& r, Version& m) {
    field(r, m.version);
    field(r, m.services);
    field(r, m.time);
    field(r, m.receiver_services);
    describe_legacy(r, m.receiver);
    // What follows grew over the years; an old peer may end here. Bytes after the last field are for the future.
    if (r.ok() && r.remaining() > 0) {
        r.take(26);
        field(r, m.nonce);
    }
    if (r.ok() && r.remaining() > 0) {
        const ByteView agent = r.var_view();
        if (agent.size() > kMaxUserAgent) return r.fail(DecodeError::kOversize);
        m.user_agent = std::string(as_text(agent));
    }
    if (r.ok() && r.remaining() > 0) field(r, m.start_height);
    if (r.ok() && r.remaining() > 0) field_bool(r, m.relay);
    if (r.ok()) r.take(r.remaining());
}
void code(Writer& w, const Version& m) {
    field(w, m.version);
    field(w, m.services);
    field(w, m.time);
    field(w, m.receiver_services);
    describe_legacy(w, m.receiver);
    field(w, m.services);  // our own address: services, and zeros as everybody sends
    describe_legacy(w, NetAddress{});
    field(w, m.nonce);
    w.var_bytes(as_bytes(m.user_agent));
    field(w, m.start_height);
    field_bool(w, m.relay);
}

void code(Reader& r, Verack&) { r.take(r.remaining()); }
void code(Writer&, const Verack&) {}
template <class A, class T>
requires std::derived_from<std::remove_const_t<T>, Empty<std::remove_const_t<T>>>
void code(A&, T&) {}

template <class A, class T>
requires Like<T, Ping> || Like<T, Pong>
void code(A& a, T& m) { field(a, m.nonce); }

template <class A, Like<Addr> T>
void code(A& a, T& m) {
    list(a, m.addresses, 30, [](A& archive, auto& p) { describe_v1(archive, p); });
}
template <class A, Like<AddrV2> T>
void code(A& a, T& m) {
    list(a, m.addresses, kMinAddrV2, [](A& archive, auto& p) { describe_v2(archive, p); });
}

template <class A, class T>
requires Like<T, Inv> || Like<T, GetData> || Like<T, NotFound>
void code(A& a, T& m) {
    list(a, m.items, 36, [](A& archive, auto& item) { describe(archive, item); });
}
template <class A, class T>
requires Like<T, GetBlocks> || Like<T, GetHeaders>
void code(A& a, T& m) { describe(a, m.locator); }

void code(Reader& r, Headers& m) {
    list(r, m.headers, kMinHeader, [](Reader& reader, BlockHeader& header) {
        sluice::describe(reader, header);
        reader.compact_size();  // a transaction count, always ignored
    });
}
void code(Writer& w, const Headers& m) {
    list(w, m.headers, kMinHeader, [](Writer& writer, const BlockHeader& header) {
        sluice::describe(writer, header);
        writer.compact_size(0);
    });
}

template <class A, Like<Tx> T>
void code(A& a, T& m) {
    field_tx(a, m.tx);
}
template <class A, Like<BlockMessage> T>
void code(A& a, T& m) {
    sluice::describe(a, m.block);
}

template <class A, Like<FeeFilter> T>
void code(A& a, T& m) {
    field(a, m.rate);
}
template <class A, Like<SendCmpct> T>
void code(A& a, T& m) {
    field_bool(a, m.high_bandwidth);
    field(a, m.version);
}

void code(Reader& r, CmpctBlock& m) {
    sluice::describe(r, m.header);
    field(r, m.nonce);
    list(r, m.short_ids, 6, [](Reader& reader, ShortId& id) {
        const uint32_t low = reader.u32();
        id = (uint64_t{reader.u16()} << 32) | low;
    });
    uint64_t next = 0;
    list(r, m.prefilled, 1 + kMinTx, [&next](Reader& reader, PrefilledTx& p) {
        p.index = read_index(reader, next);
        field_tx(reader, p.tx);
    });
    if (m.short_ids.size() + m.prefilled.size() > 0xffff) r.fail(DecodeError::kOversize);
}
void code(Writer& w, const CmpctBlock& m) {
    sluice::describe(w, m.header);
    field(w, m.nonce);
    list(w, m.short_ids, 6, [](Writer& writer, const ShortId& id) {
        writer.u32(static_cast<uint32_t>(id));
        writer.u16(static_cast<uint16_t>(id >> 32));
    });
    uint64_t next = 0;
    list(w, m.prefilled, 1 + kMinTx, [&next](Writer& writer, const PrefilledTx& p) {
        write_index(writer, p.index, next);
        field_tx(writer, p.tx);
    });
}

void code(Reader& r, GetBlockTxn& m) {
    field(r, m.block);
    uint64_t next = 0;
    list(r, m.indexes, 1, [&next](Reader& reader, uint32_t& index) { index = read_index(reader, next); });
}
void code(Writer& w, const GetBlockTxn& m) {
    field(w, m.block);
    uint64_t next = 0;
    list(w, m.indexes, 1, [&next](Writer& writer, const uint32_t& index) { write_index(writer, index, next); });
}
template <class A, Like<BlockTxn> T>
void code(A& a, T& m) {
    field(a, m.block);
    list(a, m.transactions, kMinTx, [](A& archive, auto& tx) { field_tx(archive, tx); });
}

// How many entries a message may hold: what its count says is judged before anything is stored.
size_t entry_limit(std::string_view command) {
    if (command == Addr::kCommand || command == AddrV2::kCommand) return kMaxAddresses;
    if (command == Inv::kCommand || command == GetData::kCommand || command == NotFound::kCommand) return kMaxInventory;
    if (command == Headers::kCommand) return kMaxHeaders;
    return 0;
}

bool too_many(std::string_view command, ByteView payload) {
    if (command == GetBlocks::kCommand || command == GetHeaders::kCommand) {
        Reader reader(payload);
        reader.u32();
        return reader.compact_size() > kMaxLocator;
    }
    const size_t limit = entry_limit(command);
    return limit != 0 && Reader(payload).compact_size() > limit;
}

// BIP155 bounds the length of an address of any network; the first that is longer.
constexpr uint64_t kMaxAddressLength = 512;
std::optional<uint64_t> too_long_address(ByteView addrv2) {
    Reader reader(addrv2);
    for (uint64_t left = reader.compact_size(); left > 0 && reader.ok(); --left) {
        reader.u32();
        reader.compact_size();
        reader.u8();
        const uint64_t length = reader.compact_size();
        if (reader.ok() && length > kMaxAddressLength) return length;
        reader.take(length);
        reader.u16_be();
    }
    return std::nullopt;
}

template <class T>
std::optional<DecodeError> decode_error(ByteView payload) {
    Reader reader(payload);
    T message;
    code(reader, message);
    (void)reader.finish();
    return reader.error();
}
template <size_t I = 0>
std::optional<DecodeError> error_of_named(std::string_view command, ByteView payload) {
    if constexpr (I == std::variant_size_v<Message>) {
        return std::nullopt;
    } else {
        using T = std::variant_alternative_t<I, Message>;
        return command == T::kCommand ? decode_error<T>(payload) : error_of_named<I + 1>(command, payload);
    }
}

template <class T>
Result<Message, MessageError> decode_as(ByteView payload) {
    Reader reader(payload);
    T message;
    code(reader, message);
    if (!reader.finish()) return unexpected(MessageError::kMalformed);
    return Message(std::move(message));
}

// The decoder of each alternative, in the order of the variant.
template <size_t I = 0>
Result<Message, MessageError> decode_named(std::string_view command, ByteView payload) {
    if constexpr (I == std::variant_size_v<Message>) {
        return unexpected(MessageError::kUnknown);
    } else {
        using T = std::variant_alternative_t<I, Message>;
        if (command == T::kCommand) return decode_as<T>(payload);
        return decode_named<I + 1>(command, payload);
    }
}

}  // namespace

InvItem inv_item(InvType type, ByteView hash) { return {static_cast<uint32_t>(type), Hash256::from_view(hash)}; }

std::string_view command_of(const Message& message) {
    return std::visit([](const auto& m) { return std::decay_t<decltype(m)>::kCommand; }, message);
}

Result<Message, MessageError> decode_message(std::string_view command, ByteView payload) {
    if (too_many(command, payload)) return unexpected(MessageError::kTooMany);
    return decode_named(command, payload);
}

std::string why_malformed(std::string_view command, ByteView payload) {
    if (command == AddrV2::kCommand) {
        if (const auto length = too_long_address(payload))
            return "Address too long: " + std::to_string(*length) + " > " + std::to_string(kMaxAddressLength);
    }
    const auto error = error_of_named(command, payload);
    if (error == DecodeError::kTruncated) return "end of data";
    return error ? to_string(*error) : "it does not decode";
}

Bytes encode_message(const Message& message) {
    ByteWriter writer;
    Writer& sink = writer;
    std::visit([&sink](const auto& m) { code(sink, m); }, message);
    return writer.release();
}

}  // namespace sluice::wire

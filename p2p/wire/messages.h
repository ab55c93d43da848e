// The messages of the peer protocol, one struct each, and the sum of them. Pure values; any thread. Payload layouts:
// Bitcoin's (protocol/p2p.md), with Elements' transactions and headers inside. Decoding refuses more entries than the
// protocol allows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "consensus/primitives/block.h"
#include "consensus/primitives/ids.h"
#include "consensus/primitives/transaction.h"
#include "crypto/hash.h"
#include "p2p/wire/address.h"
#include "util/result.h"

namespace sluice::wire {

inline constexpr int32_t kProtocolVersion = 70016;
inline constexpr int32_t kMinProtocolVersion = 31800;
inline constexpr int32_t kWtxidRelayVersion = 70016;
inline constexpr int32_t kSendHeadersVersion = 70012;
inline constexpr int32_t kFeeFilterVersion = 70013;
inline constexpr int32_t kCompactBlocksVersion = 70014;

// Bits of a service mask.
inline constexpr uint64_t kNodeNetwork = 1 << 0;
inline constexpr uint64_t kNodeBloom = 1 << 2;
inline constexpr uint64_t kNodeWitness = 1 << 3;
inline constexpr uint64_t kNodeCompactFilters = 1 << 6;
inline constexpr uint64_t kNodeNetworkLimited = 1 << 10;
inline constexpr uint64_t kNodeP2pV2 = 1 << 11;

inline constexpr size_t kMaxAddresses = 1000;
inline constexpr size_t kMaxInventory = 50'000;
inline constexpr size_t kMaxLocator = 101;
inline constexpr size_t kMaxHeaders = 2000;
inline constexpr size_t kMaxUserAgent = 256;

struct Version {
    static constexpr std::string_view kCommand = "version";
    int32_t version = kProtocolVersion;
    uint64_t services = 0;
    int64_t time = 0;  // Unix seconds
    uint64_t receiver_services = 0;
    NetAddress receiver;
    uint64_t nonce = 0;
    std::string user_agent;
    int32_t start_height = 0;
    bool relay = true;
};

// Messages without content. Trailing bytes of verack are ignored, as everybody does.
template <class Tag>
struct Empty {
    bool operator==(const Empty&) const = default;
};
struct Verack : Empty<Verack> {
    static constexpr std::string_view kCommand = "verack";
};
struct SendAddrV2 : Empty<SendAddrV2> {
    static constexpr std::string_view kCommand = "sendaddrv2";
};
struct GetAddr : Empty<GetAddr> {
    static constexpr std::string_view kCommand = "getaddr";
};
struct Mempool : Empty<Mempool> {
    static constexpr std::string_view kCommand = "mempool";
};
struct SendHeaders : Empty<SendHeaders> {
    static constexpr std::string_view kCommand = "sendheaders";
};
struct WtxidRelay : Empty<WtxidRelay> {
    static constexpr std::string_view kCommand = "wtxidrelay";
};

struct Ping {
    static constexpr std::string_view kCommand = "ping";
    uint64_t nonce = 0;
};
struct Pong {
    static constexpr std::string_view kCommand = "pong";
    uint64_t nonce = 0;
};

struct Addr {
    static constexpr std::string_view kCommand = "addr";
    std::vector<PeerAddress> addresses;
};
struct AddrV2 {
    static constexpr std::string_view kCommand = "addrv2";
    std::vector<PeerAddress> addresses;  // an unusable one has Network::kNone
};

inline constexpr uint32_t kWitnessFlag = 1 << 30;
enum class InvType : uint32_t {
    kTx = 1,
    kBlock = 2,
    kFilteredBlock = 3,
    kCompactBlock = 4,
    kWtx = 5,
    kWitnessTx = kTx | kWitnessFlag,
    kWitnessBlock = kBlock | kWitnessFlag,
};
struct InvItem {
    uint32_t type = 0;  // InvType, or one that we do not know
    Hash256 hash;
    [[nodiscard]] bool is(InvType t) const { return type == static_cast<uint32_t>(t); }
    [[nodiscard]] bool is_block() const {
        return is(InvType::kBlock) || is(InvType::kWitnessBlock) || is(InvType::kFilteredBlock) ||
               is(InvType::kCompactBlock);
    }
    [[nodiscard]] bool is_tx() const { return is(InvType::kTx) || is(InvType::kWtx) || is(InvType::kWitnessTx); }
    auto operator<=>(const InvItem&) const = default;
};
InvItem inv_item(InvType type, ByteView hash);  // precondition: 32 bytes

struct Inv {
    static constexpr std::string_view kCommand = "inv";
    std::vector<InvItem> items;
};
struct GetData {
    static constexpr std::string_view kCommand = "getdata";
    std::vector<InvItem> items;
};
struct NotFound {
    static constexpr std::string_view kCommand = "notfound";
    std::vector<InvItem> items;
};

struct Locator {
    uint32_t version = kProtocolVersion;  // ignored by receivers
    std::vector<BlockHash> have;          // newest first
    BlockHash stop;                       // zero: as many as fit
    bool operator==(const Locator&) const = default;
};
struct GetBlocks {
    static constexpr std::string_view kCommand = "getblocks";
    Locator locator;
};
struct GetHeaders {
    static constexpr std::string_view kCommand = "getheaders";
    Locator locator;
};
struct Headers {
    static constexpr std::string_view kCommand = "headers";
    std::vector<BlockHeader> headers;
};

struct Tx {
    static constexpr std::string_view kCommand = "tx";
    TxRef tx;  // never null
};
struct BlockMessage {
    static constexpr std::string_view kCommand = "block";
    Block block;
};

struct FeeFilter {
    static constexpr std::string_view kCommand = "feefilter";
    int64_t rate = 0;  // satoshi of the policy asset per 1000 discounted virtual bytes
};

struct SendCmpct {
    static constexpr std::string_view kCommand = "sendcmpct";
    bool high_bandwidth = false;
    uint64_t version = 2;
};
using ShortId = uint64_t;  // 48 bits
struct PrefilledTx {
    uint32_t index = 0;  // position in the block
    TxRef tx;            // never null
};
struct CmpctBlock {
    static constexpr std::string_view kCommand = "cmpctblock";
    BlockHeader header;
    uint64_t nonce = 0;
    std::vector<ShortId> short_ids;
    std::vector<PrefilledTx> prefilled;  // ascending index
};
struct GetBlockTxn {
    static constexpr std::string_view kCommand = "getblocktxn";
    BlockHash block;
    std::vector<uint32_t> indexes;  // ascending, below 65536
};
struct BlockTxn {
    static constexpr std::string_view kCommand = "blocktxn";
    BlockHash block;
    std::vector<TxRef> transactions;
};

using Message = std::variant<Version, Verack, Ping, Pong, Addr, AddrV2, SendAddrV2, GetAddr, Inv, GetData, NotFound,
                             GetBlocks, GetHeaders, Headers, Tx, BlockMessage, Mempool, SendHeaders, FeeFilter,
                             SendCmpct, CmpctBlock, GetBlockTxn, BlockTxn, WtxidRelay>;

enum class MessageError {
    kUnknown,    // no such message here: ignore it
    kMalformed,  // the payload does not decode
    kTooMany,    // more entries than the protocol allows
};

std::string_view command_of(const Message& message);
Result<Message, MessageError> decode_message(std::string_view command, ByteView payload);
// For the log: why a payload is kMalformed.
std::string why_malformed(std::string_view command, ByteView payload);
// Precondition: `message` respects the protocol's counts. Transactions and blocks are written with witnesses.
Bytes encode_message(const Message& message);

}  // namespace sluice::wire

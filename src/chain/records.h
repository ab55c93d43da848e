// The records of the `chainstate` database and of the undo files (doc/storage-format.md). Encoding and decoding only;
// pure.
//
//   'C' txid index(u32 BE)          coin
//   'P' genesis txid index(u32 BE)  claimed deposit of the parent chain; empty value
//   'N' block hash                  NodeRecord: what the index in memory is built from
//   'H' block hash                  header, whole
//   'A' txid index(u32 BE)          deposit of the parent chain whose depth the operator accepts; empty value
//   'T'                             hash of the tip
//   'F'                             FileEnds
//   'S'                             Schema
#pragma once

#include "codec/describe.h"
#include "consensus/primitives/block.h"
#include "consensus/rules/block_delta.h"
#include "storage/flat_files.h"

namespace sluice::chain {

inline constexpr uint32_t kSchemaVersion = 1;
inline constexpr uint8_t kCoinPrefix = 'C';
inline constexpr uint8_t kPeginPrefix = 'P';
inline constexpr uint8_t kAcceptedPrefix = 'A';
inline constexpr uint8_t kNodePrefix = 'N';
inline constexpr uint8_t kHeaderPrefix = 'H';
inline constexpr uint8_t kTipKey = 'T';
inline constexpr uint8_t kFileEndsKey = 'F';
inline constexpr uint8_t kSchemaKey = 'S';

Bytes coin_key(const OutPoint& outpoint);
std::optional<OutPoint> parse_coin_key(ByteView key);
Bytes pegin_key(const rules::PeginId& pegin);
Bytes accepted_pegin_key(const OutPoint& deposit);
std::optional<OutPoint> parse_accepted_pegin_key(ByteView key);
Bytes block_key(uint8_t prefix, const BlockHash& hash);
Bytes single_key(uint8_t key);

// u32 height * 2 + coinbase, asset, value, script (to the end).
Bytes encode_coin(const rules::Coin& coin);
std::optional<rules::Coin> decode_coin(ByteView bytes);

struct Schema {
    uint32_t version = kSchemaVersion;
    BlockHash genesis;
};
template <class A, Like<Schema> T>
void describe(A& a, T& s) {
    field(a, s.version);
    field(a, s.genesis);
}

struct FileEnds {
    storage::FlatPosition blocks;
    storage::FlatPosition undo;
};
template <class A, Like<FileEnds> T>
void describe(A& a, T& e) {
    field(a, e.blocks.file);
    field(a, e.blocks.offset);
    field(a, e.undo.file);
    field(a, e.undo.offset);
}

// Bits of a block's status. The first group is stored, the second is derived in memory.
enum BlockStatus : uint16_t {
    kHasBlock = 1,  // the block is in the block files
    kHasUndo = 2,   // and its undo in the undo files
    kInvalid = 4,   // it breaks a rule that its hash commits to, or an operator said so
    kChecked = 8,   // it was connected once: every rule holds given its branch
    kDynafed = 16,  // form of its header
    kStoredBits = 31,

    kComplete = 256,         // it and all its ancestors have their blocks
    kInvalidAncestor = 512,  // an ancestor is kInvalid
    kDeferred = 1024,        // connecting it waits for something outside, until the next parent snapshot
};

struct NodeRecord {
    BlockHash prev;
    uint32_t height = 0;
    uint32_t time = 0;
    int32_t version = 0;
    uint16_t status = 0;
    uint32_t tx_count = 0;  // 0 while the block is unknown
    storage::FlatPosition block;
    storage::FlatPosition undo;
    Hash256 proposed_root;  // of the header's proposed dynafed entry; zero if none
};
template <class A, Like<NodeRecord> T>
void describe(A& a, T& n) {
    field(a, n.prev);
    field(a, n.height);
    field(a, n.time);
    field(a, n.version);
    field(a, n.status);
    field(a, n.tx_count);
    field(a, n.block.file);
    field(a, n.block.offset);
    field(a, n.undo.file);
    field(a, n.undo.offset);
    field(a, n.proposed_root);
}

// The undo payload: count, then each spent coin (CompactSize-prefixed) in block order; their out-points stand in the
// block.
Bytes encode_undo(const std::vector<rules::CoinChange>& spent);
// Trailer of an undo record: SHA256d(hash of the previous block || payload), as in Core's undo files.
Hash256 undo_checksum(const BlockHash& prev, ByteView payload);
// The delta that connecting `block` made, from the block and its undo payload; nullopt if they do not belong together.
std::optional<rules::BlockDelta> rebuild_delta(const Block& block, uint32_t height, ByteView undo_payload);

}  // namespace sluice::chain

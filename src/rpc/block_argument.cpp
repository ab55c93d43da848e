#include "rpc/block_argument.h"

#include "codec/hex.h"

namespace sluice::rpc {

Result<Block, RpcError> block_from_hex(const Args& args, size_t i) {
    const std::optional<Bytes> bytes = from_hex(args.text(i));
    if (!bytes) return rpc_error(Code::kDeserialization, "Block decode failed");
    Reader reader(*bytes);
    Block block;
    describe(reader, block);
    if (!reader.ok()) return rpc_error(Code::kDeserialization, "Block decode failed");
    return block;
}

}  // namespace sluice::rpc

// Decodes a payload as each message of the peer protocol: the first byte chooses the command. What decodes must encode
// to bytes that decode to the same bytes again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "p2p/wire/compact_block.h"

namespace {

using namespace sluice;
using namespace sluice::wire;

template <size_t... I>
std::string_view command_at(size_t index, std::index_sequence<I...>) {
    const std::string_view all[] = {std::variant_alternative_t<I, Message>::kCommand...};
    return all[index % sizeof...(I)];
}

void rebuild(CmpctBlock message) {
    auto partial = PartialBlock::begin(std::move(message));
    if (!partial) return;
    if (partial->missing().empty() != partial->complete({}).has_value()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    const std::string_view command = command_at(data[0], std::make_index_sequence<std::variant_size_v<Message>>());
    auto message = decode_message(command, ByteView(data + 1, size - 1));
    if (!message) return 0;
    const Bytes once = encode_message(*message);
    auto again = decode_message(command, once);
    if (!again || encode_message(*again) != once || command_of(*again) != command) std::abort();
    if (auto* compact = std::get_if<CmpctBlock>(&*message)) rebuild(std::move(*compact));
    return 0;
}

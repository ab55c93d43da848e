#include "p2p/wire/frame.h"

#include <algorithm>

#include "codec/reader.h"
#include "codec/writer.h"
#include "crypto/hash.h"
#include "util/check.h"

namespace sluice::wire {
namespace {

struct Limit {
    std::string_view command;
    size_t bytes;
};

// Room for extensions where a message is small; exact where the count is limited.
constexpr size_t kSmall = 1024;
constexpr Limit kLimits[] = {
    {"version", 4096},
    {"verack", kSmall},
    {"ping", kSmall},
    {"pong", kSmall},
    {"addr", 3 + 1000 * 30},
    {"addrv2", 3 + 1000 * (4 + 9 + 1 + 3 + 512 + 2)},
    {"sendaddrv2", kSmall},
    {"getaddr", kSmall},
    {"inv", 3 + 50'000 * 36},
    {"getdata", 3 + 50'000 * 36},
    {"notfound", 3 + 50'000 * 36},
    {"getblocks", 4 + 1 + 253 * 32 + 32},
    {"getheaders", 4 + 1 + 253 * 32 + 32},
    {"headers", kMaxPayload},
    {"tx", 4'000'000},
    {"block", kMaxPayload},
    {"mempool", kSmall},
    {"sendheaders", kSmall},
    {"feefilter", kSmall},
    {"sendcmpct", kSmall},
    {"cmpctblock", kMaxPayload},
    {"getblocktxn", 32 + 3 + 65'536 * 3},
    {"blocktxn", kMaxPayload},
    {"wtxidrelay", kSmall},
    {"filterload", 40'000},
    {"filteradd", kSmall},
    {"filterclear", kSmall},
    {"getcfilters", kSmall},
    {"getcfheaders", kSmall},
    {"getcfcheckpt", kSmall},
};

const Limit* find_limit(std::string_view command) {
    const auto* at = std::ranges::find(kLimits, command, &Limit::command);
    return at == std::end(kLimits) ? nullptr : at;
}

std::optional<std::string> parse_command(ByteView field) {
    const auto end = std::ranges::find(field, uint8_t{0});
    if (std::any_of(end, field.end(), [](uint8_t b) { return b != 0; })) return std::nullopt;
    if (std::any_of(field.begin(), end, [](uint8_t b) { return b < 0x20 || b > 0x7e; })) return std::nullopt;
    return std::string(field.begin(), end);
}

}  // namespace

const char* to_string(FrameError error) {
    switch (error) {
        case FrameError::kMagic: return "wrong network magic";
        case FrameError::kCommand: return "malformed command";
        case FrameError::kOversize: return "oversized message";
    }
    return "unknown";
}

size_t payload_limit(std::string_view command) {
    const Limit* limit = find_limit(command);
    return limit != nullptr ? limit->bytes : kMaxPayload;
}

bool is_known_command(std::string_view command) { return find_limit(command) != nullptr; }

Bytes frame(const Magic& magic, std::string_view command, ByteView payload) {
    CHECK(command.size() <= kMaxCommand && payload.size() <= kMaxPayload);
    ByteWriter out;
    out.raw(magic);
    std::array<uint8_t, kMaxCommand> name{};
    std::ranges::copy(as_bytes(command), name.begin());
    out.raw(name);
    out.u32(static_cast<uint32_t>(payload.size()));
    out.raw(sha256d(payload).view().first(4));
    out.raw(payload);
    return out.release();
}

Result<std::vector<Frame>, FrameError> FrameParser::push(ByteView bytes) {
    std::vector<Frame> done;
    while (!bytes.empty()) {
        if (header_.size() < kFrameHeaderSize) {
            const size_t n = std::min(bytes.size(), kFrameHeaderSize - header_.size());
            append(header_, bytes.first(n));
            bytes = bytes.subspan(n);
            // A stranger that speaks another protocol is found out by its first bytes.
            const size_t known = std::min(header_.size(), magic_.size());
            if (!std::equal(magic_.begin(), magic_.begin() + known, header_.begin()))
                return unexpected(FrameError::kMagic);
            if (header_.size() < kFrameHeaderSize) break;
            TRY_VOID(begin_payload());
        } else {
            const size_t n = std::min(bytes.size(), length_ - seen_);
            if (!skip_) append(frame_.payload, bytes.first(n));
            seen_ += n;
            bytes = bytes.subspan(n);
        }
        if (seen_ == length_) finish_payload(done);
    }
    return done;
}

Result<void, FrameError> FrameParser::begin_payload() {
    const ByteView header(header_);
    std::optional<std::string> command = parse_command(header.subspan(4, kMaxCommand));
    if (!command) return unexpected(FrameError::kCommand);
    Reader length(header.subspan(16, 4));
    length_ = length.u32();
    if (length_ > payload_limit(*command)) return unexpected(FrameError::kOversize);
    skip_ = !is_known_command(*command);
    frame_ = Frame{std::move(*command), {}};
    seen_ = 0;
    return {};
}

void FrameParser::finish_payload(std::vector<Frame>& done) {
    if (skip_) {
        ++skipped_;
    } else if (equal(sha256d(frame_.payload).view().first(4), ByteView(header_).subspan(20, 4))) {
        done.push_back(std::move(frame_));
    } else {
        ++bad_checksums_;
    }
    header_.clear();
    frame_ = {};
    length_ = seen_ = 0;
}

}  // namespace sluice::wire

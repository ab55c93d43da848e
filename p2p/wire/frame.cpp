#include "p2p/wire/frame.h"

#include <algorithm>

#include "codec/hex.h"
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
constexpr size_t kBeyond = 1024;  // room in which a count above the limit is seen as what it is
constexpr Limit kLimits[] = {
    {"version", 4096},
    {"verack", kSmall},
    {"ping", kSmall},
    {"pong", kSmall},
    {"addr", 3 + 1000 * 30 + kBeyond},
    {"addrv2", 3 + 1000 * (4 + 9 + 1 + 3 + 512 + 2)},
    {"sendaddrv2", kSmall},
    {"getaddr", kSmall},
    {"inv", 3 + 50'000 * 36 + kBeyond},
    {"getdata", 3 + 50'000 * 36 + kBeyond},
    {"notfound", 3 + 50'000 * 36 + kBeyond},
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

// A command that does not parse, for the log.
std::string printable(ByteView field) {
    std::string out;
    for (const uint8_t b : field) {
        if (b >= 0x20 && b <= 0x7e) out.push_back(static_cast<char>(b));
    }
    return out;
}

}  // namespace

const char* to_string(FrameError error) {
    switch (error) {
        case FrameError::kMagic: return "wrong network magic";
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
            if (!std::equal(magic_.begin(), magic_.begin() + static_cast<ptrdiff_t>(known), header_.begin())) {
                complaints_.push_back("Header error: Wrong MessageStart " + to_hex(ByteView(header_).first(known)) +
                                      " received");
                return unexpected(FrameError::kMagic);
            }
            if (header_.size() < kFrameHeaderSize) break;
            TRY_VOID(begin_payload());
        } else {
            const size_t n = std::min(bytes.size(), length_ - seen_);
            if (skip_) {
                skipped_hash_.write(bytes.first(n));
            } else {
                append(frame_.payload, bytes.first(n));
            }
            seen_ += n;
            bytes = bytes.subspan(n);
        }
        if (seen_ == length_) finish_payload(done);
    }
    return done;
}

void FrameParser::complain(std::string_view what, const std::string& detail) {
    complaints_.push_back("Header error: " + std::string(what) + " (" + frame_.command + ", " +
                          std::to_string(length_) + " bytes)" + detail);
}

Result<void, FrameError> FrameParser::begin_payload() {
    const ByteView header(header_);
    const std::optional<std::string> command = parse_command(header.subspan(4, kMaxCommand));
    Reader length(header.subspan(16, 4));
    length_ = length.u32();
    bad_command_ = !command;
    frame_ = Frame{command ? *command : printable(header.subspan(4, kMaxCommand)), {}};
    if (length_ > (command ? payload_limit(*command) : kMaxPayload)) {
        complain("Size too large");
        return unexpected(FrameError::kOversize);
    }
    skip_ = bad_command_ || !is_known_command(frame_.command);
    skipped_hash_ = {};
    seen_ = 0;
    return {};
}

void FrameParser::finish_payload(std::vector<Frame>& done) {
    const Hash256 hash = skip_ ? sha256(skipped_hash_.finish().view()) : sha256d(frame_.payload);
    const ByteView expected = hash.view().first(4);
    const ByteView stated = ByteView(header_).subspan(20, 4);
    if (!equal(expected, stated)) {
        ++bad_checksums_;
        complain("Wrong checksum", ", expected " + to_hex(expected) + " was " + to_hex(stated));
    } else if (bad_command_) {
        complain("Invalid message type");
    } else if (skip_) {
        complaints_.push_back("Unknown message type \"" + frame_.command + "\"");
    } else {
        done.push_back(std::move(frame_));
    }
    skipped_ += skip_ ? 1 : 0;
    header_.clear();
    frame_ = {};
    length_ = seen_ = 0;
}

}  // namespace sluice::wire

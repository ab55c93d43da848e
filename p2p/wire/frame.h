// Version 1 framing of the peer protocol: magic, command, length, checksum, payload. Pure values; a parser belongs to
// one connection. Nothing is allocated before it has arrived, and a payload is never longer than its command allows.
// Source: Bitcoin's network protocol; limits of protocol/p2p.md sections 1 and 2.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "util/bytes.h"
#include "util/result.h"

namespace sluice::wire {

using Magic = std::array<uint8_t, 4>;

inline constexpr size_t kFrameHeaderSize = 24;
inline constexpr size_t kMaxPayload = 16'000'000;  // Elements' MAX_PROTOCOL_MESSAGE_LENGTH
inline constexpr size_t kMaxCommand = 12;

struct Frame {
    std::string command;
    Bytes payload;
};

enum class FrameError {
    kMagic,     // not this network's start bytes: another network, or not this protocol
    kOversize,  // longer than its command allows
};
const char* to_string(FrameError error);

// The longest payload that is read for `command`; commands that we do not know are skipped, not stored, up to
// kMaxPayload.
size_t payload_limit(std::string_view command);
bool is_known_command(std::string_view command);

// A whole message. Precondition: command.size() <= 12 and payload.size() <= kMaxPayload.
Bytes frame(const Magic& magic, std::string_view command, ByteView payload);

// Takes bytes as they arrive. An error is final: the connection is to be closed.
class FrameParser {
public:
    explicit FrameParser(const Magic& magic) : magic_(magic) {}

    // Consumes all of `bytes`; gives the messages that they completed. Messages with a wrong checksum or an unknown or
    // unprintable command are dropped and complained of.
    Result<std::vector<Frame>, FrameError> push(ByteView bytes);

    // For the log: what was wrong since the last call, an error included.
    std::vector<std::string> take_complaints() { return std::exchange(complaints_, {}); }
    [[nodiscard]] uint64_t bad_checksums() const { return bad_checksums_; }
    [[nodiscard]] uint64_t skipped_commands() const { return skipped_; }
    // Bytes of an unfinished message that are held.
    [[nodiscard]] size_t buffered() const { return header_.size() + frame_.payload.size(); }

private:
    Result<void, FrameError> begin_payload();
    void complain(std::string_view what, const std::string& detail = {});
    void finish_payload(std::vector<Frame>& done);

    Magic magic_;
    Bytes header_;  // while it is shorter than kFrameHeaderSize we are reading the header
    Frame frame_;
    size_t length_ = 0;
    size_t seen_ = 0;  // bytes of the payload, kept or skipped
    bool skip_ = false;
    bool bad_command_ = false;
    Sha256 skipped_hash_;  // of a payload that is not kept
    std::vector<std::string> complaints_;
    uint64_t bad_checksums_ = 0;
    uint64_t skipped_ = 0;
};

}  // namespace sluice::wire

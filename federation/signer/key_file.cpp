#include "federation/signer/key_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>

#include "codec/hex.h"
#include "crypto/seal.h"

namespace sluice::signer {
namespace {

constexpr std::string_view kTitle = "sluice-federation-keys 1";
constexpr size_t kMaxSize = 16'384;

void wipe_text(std::string& text) { wipe({reinterpret_cast<uint8_t*>(text.data()), text.size()}); }

std::string body_of(const MemberKeys& keys) {
    std::string out = "name " + keys.name + "\njournal " + to_hex(keys.journal.view()) + "\n";
    out += "block " + to_hex(keys.block.view()) + "\npayout " + to_hex(keys.payout.view()) + "\n";
    out += "transport " + to_hex(keys.transport.view()) + "\n";
    return out;
}

Result<std::map<std::string, std::string>> read_lines(const std::string& path, std::string_view text) {
    std::map<std::string, std::string> out;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#') continue;
        const size_t space = line.find(' ');
        if (space == std::string_view::npos) return fail(path + ": a line without a value");
        if (!out.emplace(line.substr(0, space), line.substr(space + 1)).second)
            return fail(path + ": a name given twice");
    }
    return out;
}

Result<std::string> slurp(const std::string& path) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail("cannot open " + path + ": " + std::strerror(errno));
    std::string text(kMaxSize, '\0');
    const ssize_t got = read(fd, text.data(), text.size());
    close(fd);
    if (got < 0) return fail("cannot read " + path + ": " + std::strerror(errno));
    text.resize(static_cast<size_t>(got));
    return text;
}

}  // namespace

Status write_key_file(const std::string& path, const MemberKeys& keys, std::string_view passphrase) {
    std::string body = body_of(keys);
    std::string text = std::string(kTitle) + "\n";
    if (passphrase.empty()) text += body;
    else text += "sealed " + to_hex(seal(as_bytes(body), passphrase)) + "\n";
    wipe_text(body);
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail("cannot create " + path + ": " + std::strerror(errno));
    const bool written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
    close(fd);
    wipe_text(text);
    if (!written) return fail("cannot write " + path);
    return {};
}

Result<MemberKeys> read_key_file(const std::string& path, std::string_view passphrase) {
    std::string text = TRY(slurp(path));
    const std::string_view view = text;
    if (view.substr(0, kTitle.size()) != kTitle) return fail(path + " is not a key file of this version");
    auto lines = TRY(read_lines(path, view.substr(kTitle.size())));
    wipe_text(text);
    if (lines.contains("sealed")) {
        const auto box = from_hex(lines["sealed"]);
        if (!box) return fail(path + ": the sealed part is damaged");
        auto opened = open_sealed(*box, passphrase);
        if (!opened) return fail(path + ": " + opened.error().message);
        lines = TRY(read_lines(path, as_text(*opened)));
        wipe(*opened);
    }
    const auto bytes_of = [&](const char* name) -> Bytes {
        const auto at = lines.find(name);
        if (at == lines.end()) return {};
        Bytes out = from_hex(at->second).value_or(Bytes{});
        wipe_text(at->second);
        return out;
    };
    Bytes journal = bytes_of("journal");
    Bytes block_bytes = bytes_of("block");
    Bytes payout_bytes = bytes_of("payout");
    Bytes transport = bytes_of("transport");
    auto block = SecretKey::from_bytes(block_bytes);
    auto payout = SecretKey::from_bytes(payout_bytes);
    wipe(block_bytes);
    wipe(payout_bytes);
    if (!block || !payout || transport.size() != 32 || journal.size() != agreement::JournalId::kSize) {
        return fail(path + ": a key is missing or damaged");
    }
    MemberKeys keys{lines["name"], agreement::JournalId::from_view(journal), std::move(*block), std::move(*payout), {}};
    std::memcpy(keys.transport.mutable_view().data(), transport.data(), transport.size());
    wipe(transport);
    return keys;
}

}  // namespace sluice::signer

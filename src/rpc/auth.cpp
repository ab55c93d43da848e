#include "rpc/auth.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "codec/hex.h"
#include "crypto/hash.h"
#include "util/random.h"
#include "util/secret.h"

namespace sluice::rpc {
namespace {

bool same(std::string_view a, std::string_view b) { return equal_constant_time(as_bytes(a), as_bytes(b)); }

Status write_private(const std::filesystem::path& file, const std::string& text, mode_t mode) {
    const std::filesystem::path temporary = file.string() + ".tmp";
    const auto wrong = [&](const char* what) {
        return fail("Unable to " + std::string(what) + " cookie authentication file " + file.string() + ": " +
                    std::strerror(errno));
    };
    unlink(temporary.c_str());
    const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return wrong("open");
    const bool written =
        write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fchmod(fd, mode) == 0;
    close(fd);
    if (!written) return wrong("write");
    if (rename(temporary.c_str(), file.c_str()) != 0) return wrong("rename");
    return {};
}

Result<mode_t> cookie_mode(const Options& options) {
    const std::string who = options.get_or("rpccookieperms", "owner");
    if (who == "owner") return 0600;
    if (who == "group") return 0640;
    if (who == "all") return 0644;
    return fail("Invalid -rpccookieperms=" + who + "; must be one of 'owner', 'group', or 'all'.");
}

}  // namespace

std::filesystem::path cookie_path(const Options& options, const std::filesystem::path& chain_dir) {
    const std::string given = options.get_or("rpccookiefile", ".cookie");
    if (given == "0" && options.get_all("rpccookiefile").empty()) return {};  // -norpccookiefile
    const std::filesystem::path path = given.empty() ? ".cookie" : given;
    return path.is_absolute() ? path : chain_dir / path;
}

std::optional<std::string> read_cookie(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string line;
    if (file.empty() || !std::getline(in, line) || line.find(':') == line.npos) return std::nullopt;
    return line;
}

Result<Credentials> Credentials::load(const Options& options, const std::filesystem::path& chain_dir) {
    Credentials out;
    for (const std::string& entry : options.get_all("rpcauth")) {
        const size_t colon = entry.find(':');
        const size_t dollar = entry.find('$', colon == entry.npos ? 0 : colon);
        const bool one_of_each = colon != entry.npos && dollar != entry.npos &&
                                 entry.find(':', colon + 1) == entry.npos && entry.find('$', dollar + 1) == entry.npos;
        if (!one_of_each) return fail("Invalid -rpcauth argument.");
        out.salted_.push_back(
            {entry.substr(0, colon), entry.substr(colon + 1, dollar - colon - 1), entry.substr(dollar + 1)});
    }
    if (const std::string password = options.get_or("rpcpassword", ""); !password.empty()) {
        out.user_password_ = options.get_or("rpcuser", "") + ":" + password;
        return out;
    }
    const mode_t mode = TRY(cookie_mode(options));
    const std::filesystem::path file = cookie_path(options, chain_dir);
    if (file.empty()) return out;
    std::array<uint8_t, 32> random{};
    random_bytes(random);
    const std::string cookie = "__cookie__:" + to_hex(random);
    TRY_VOID(write_private(file, cookie, mode));
    out.user_password_ = cookie;
    out.cookie_ = file;
    return out;
}

Credentials::Credentials(Credentials&& other) noexcept
    : user_password_(std::move(other.user_password_)),
      salted_(std::move(other.salted_)),
      cookie_(std::exchange(other.cookie_, {})) {}

Credentials::~Credentials() {
    if (!cookie_.empty()) unlink(cookie_.c_str());
}

bool Credentials::accepts(std::string_view user, std::string_view password) const {
    const std::string pair = std::string(user) + ":" + std::string(password);
    if (!user_password_.empty() && same(pair, user_password_)) return true;
    bool accepted = false;
    for (const Salted& entry : salted_) {
        const std::string hmac = to_hex(hmac_sha256(as_bytes(entry.salt), as_bytes(password)).view());
        accepted = accepted || (same(entry.user, user) && same(entry.hmac_hex, hmac));
    }
    return accepted;
}

}  // namespace sluice::rpc

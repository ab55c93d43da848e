#include "node/settings_file.h"

#include <fstream>
#include <iterator>

#include "node/json_file.h"

namespace sluice::node {
namespace {

using rpc::Json;

constexpr const char* kWallets = "wallet";

std::filesystem::path file_in(const std::filesystem::path& chain_dir) { return chain_dir / "settings.json"; }

Result<Json> read_settings(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) return Json::object();
    std::ifstream stream(file);
    const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (!stream && !stream.eof()) return fail("Settings file could not be read: " + file.string());
    const auto value = rpc::read_json(text);
    if (!value) {
        return fail("Settings file " + file.string() +
                    " does not contain valid JSON. This is probably caused by disk corruption or a crash, and can be "
                    "fixed by removing the file, which will reset settings to default values.");
    }
    if (!value->is_object()) {
        return fail("Found non-object value " + rpc::write_json(*value) + " in settings file " + file.string());
    }
    return *value;
}

}  // namespace

Result<std::optional<std::vector<std::string>>> read_startup_wallets(const std::filesystem::path& chain_dir) {
    const Json settings = TRY(read_settings(file_in(chain_dir)));
    if (!settings.contains(kWallets)) return std::optional<std::vector<std::string>>();
    std::vector<std::string> out;
    for (const Json& name : settings[kWallets]) {
        if (!name.is_string()) return fail("Invalid value detected for '-wallet' or '-nowallet' in settings.json");
        out.push_back(name.get<std::string>());
    }
    return std::optional(std::move(out));
}

Status write_startup_wallets(const std::filesystem::path& chain_dir, const std::vector<std::string>& names) {
    const std::filesystem::path file = file_in(chain_dir);
    Json settings = TRY(read_settings(file));
    settings[kWallets] = names;
    return replace_json_file(file, settings);
}

}  // namespace sluice::node

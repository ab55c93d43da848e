// Loading of golden chain directories (see their README) for the vector tests of rpc.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "consensus/params/chain_params.h"
#include "rpc/json.h"

namespace golden {

namespace fs = std::filesystem;
using sluice::rpc::Json;

inline fs::path vectors_root() {
    for (const char* name : {"SLUICE_VECTORS", "SLUICE_VECTORS_DEFAULT"}) {
        if (const char* root = std::getenv(name)) return root;
    }
    return {};
}

inline std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {(std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>()};
}

inline Json read_json_file(const fs::path& path) {
    const auto value = sluice::rpc::read_json(read_file(path));
    return value ? *value : Json();
}

// Folders that hold a chain.json, in order of name.
inline std::vector<fs::path> chains() {
    std::vector<fs::path> out;
    const fs::path root = vectors_root() / "golden";
    if (!fs::is_directory(root)) return out;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        if (entry.path().filename() == "chain.json") out.push_back(entry.path().parent_path());
    }
    std::ranges::sort(out);
    return out;
}

inline sluice::ChainParams params_of(const fs::path& folder) {
    const Json chain = read_json_file(folder / "chain.json");
    sluice::Options options;
    for (const Json& item : chain["options"]) {
        const std::string text = item.get<std::string>();
        const size_t equals = text.find('=');
        options.add(text.substr(1, equals - 1), equals == text.npos ? "" : text.substr(equals + 1));
    }
    return sluice::make_chain_params(chain["chain"].get<std::string>(), options).value();
}

// 4-byte little-endian length, bytes, and so on.
inline std::vector<sluice::Bytes> records(const fs::path& file) {
    const std::string raw = read_file(file);
    sluice::Reader reader(sluice::as_bytes(raw));
    std::vector<sluice::Bytes> out;
    while (reader.ok() && reader.remaining() > 0) out.push_back(sluice::to_bytes(reader.take(reader.u32())));
    return out;
}

// The first difference, for people; empty if none. Keys must be in the same order.
inline std::string difference(const Json& ours, const Json& theirs, const std::string& path) {
    if (ours.is_object() && theirs.is_object()) {
        std::string our_keys;
        std::string their_keys;
        for (const auto& item : ours.items()) our_keys += item.key() + " ";
        for (const auto& item : theirs.items()) their_keys += item.key() + " ";
        if (our_keys != their_keys) return path + ": keys " + our_keys + "| " + their_keys;
        for (const auto& item : theirs.items()) {
            if (std::string d = difference(ours[item.key()], item.value(), path + "." + item.key()); !d.empty())
                return d;
        }
        return {};
    }
    if (ours.is_array() && theirs.is_array() && ours.size() == theirs.size()) {
        for (size_t i = 0; i < ours.size(); ++i) {
            if (std::string d = difference(ours[i], theirs[i], path + "[" + std::to_string(i) + "]"); !d.empty())
                return d;
        }
        return {};
    }
    using sluice::rpc::write_json;
    return write_json(ours) == write_json(theirs) ? "" : path + ": " + write_json(ours) + " | " + write_json(theirs);
}

// As a client sees it: amounts are numbers again.
inline Json reread(const Json& value) { return *sluice::rpc::read_json(sluice::rpc::write_json(value)); }

}  // namespace golden

#include "consensus/script/asm.h"

#include "codec/hex.h"
#include "consensus/script/script.h"
#include "consensus/script/script_num.h"
#include "consensus/script/signature_encoding.h"

namespace sluice::script {

namespace {
// "" for a type that has no name.
std::string hash_type_name(uint8_t hash_type) {
    std::string name;
    switch (hash_type & ~kSighashAnyoneCanPay) {
        case kSighashAll: name = "ALL"; break;
        case kSighashNone: name = "NONE"; break;
        case kSighashSingle: name = "SINGLE"; break;
        default: return "";
    }
    if ((hash_type & kSighashAnyoneCanPay) != 0) name += "|ANYONECANPAY";
    return name;
}

std::string data_text(ByteView data, bool show_hash_types) {
    if (data.size() <= 4) return std::to_string(clamp_to_int(*decode_number(data, false)));
    if (show_hash_types && check_signature_encoding(data, kVerifyStrictEnc)) {
        const std::string name = hash_type_name(data.back());
        if (!name.empty()) return to_hex(data.first(data.size() - 1)) + "[" + name + "]";
    }
    return to_hex(data);
}
}  // namespace

std::string to_asm(ByteView script, bool show_hash_types) {
    if (!script.empty() && script[0] == OP_RETURN) show_hash_types = false;
    std::string text;
    ScriptParser parser(script);
    while (!parser.at_end()) {
        if (!text.empty()) text += ' ';
        const auto instruction = parser.next();
        if (!instruction) return text + "[error]";
        text += instruction->is_push() ? data_text(instruction->data, show_hash_types)
                                       : std::string(opcode_name(instruction->opcode));
    }
    return text;
}

}  // namespace sluice::script

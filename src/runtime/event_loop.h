// EventLoop: one thread that runs posted tasks, timers and (through libevent) sockets. Objects that belong to a thread
// are only touched from tasks of its loop. The net, http, state, parent and federation threads are each one EventLoop.
//
// Life: construct, start(), ... stop() (runs what is already queued, then joins; idempotent; never from the loop
// itself). Exceptions that leave a task are logged and end the process: they are bugs.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>

#include "util/result.h"

struct event_base;

namespace sluice::runtime {

using Task = std::function<void()>;

// A timer that fires on its loop's thread. Destroying the handle cancels it; do that on the loop's thread.
class Timer {
public:
    virtual ~Timer() = default;
};

class EventLoop {
public:
    explicit EventLoop(std::string name);
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    void start();
    void stop();

    // Any thread. After stop() the task is dropped and post returns false.
    bool post(Task task);
    [[nodiscard]] bool in_loop() const;
    [[nodiscard]] const std::string& name() const;
    // Tasks waiting; any thread. Producers that can wait (peers, RPC) hold back when this grows.
    [[nodiscard]] size_t backlog() const;

    // On the loop's thread only.
    [[nodiscard]] std::unique_ptr<Timer> after(std::chrono::milliseconds delay, Task task);
    [[nodiscard]] std::unique_ptr<Timer> every(std::chrono::milliseconds interval, Task task);

    // Runs `function` on the loop and waits for what it returns, at most `deadline`. Runs it at once if called on the
    // loop. An error means that the loop was stopped or the deadline passed (then the function may still run later, so
    // it must own what it touches: capture by value).
    template <class F>
    auto call(F function, std::chrono::milliseconds deadline = std::chrono::minutes(10))
        -> Result<std::invoke_result_t<F>> {
        using R = std::invoke_result_t<F>;
        if (in_loop()) {
            if constexpr (std::is_void_v<R>) {
                function();
                return {};
            } else {
                return function();
            }
        }
        auto job = std::make_shared<std::packaged_task<R()>>(std::move(function));
        std::future<R> answer = job->get_future();
        // Only the queue holds the job: if it is dropped, the future says so.
        if (!post([job = std::move(job)] { (*job)(); })) return fail(name() + " is shutting down");
        if (answer.wait_for(deadline) != std::future_status::ready) return fail(name() + " did not answer in time");
        try {
            if constexpr (std::is_void_v<R>) {
                answer.get();
                return {};
            } else {
                return answer.get();
            }
        } catch (const std::future_error&) { return fail(name() + " is shutting down"); }
    }

    // The libevent base, for net and http. Use it on the loop's thread only.
    [[nodiscard]] event_base* base();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::runtime

/* Programs are killed in the middle of a stream of scans: what was acknowledged stays, and nothing is there twice. */
#include "tests/harness.h"
#include "tests/system/stage.h"
#include "tests/system/stream.h"

/* A broker, a worker, a client and a stream of scans that has not begun. */
struct scene {
	struct stage *stage;
	struct broker broker;
	struct program *worker;
	struct caller caller;
	struct device device;
	struct stream stream;
	int64_t before;
};

static void scene_open(struct scene *scene, struct stage *stage)
{
	char badge[16];

	*scene = (struct scene){.stage = stage};
	broker_start(stage, &scene->broker, "broker");
	scene->worker = worker_start(stage, "data", &scene->broker, NULL);
	caller_open(&scene->caller, scene->broker.clients);
	caller_prepare(&scene->caller, &scene->device, "e1", badge);
	stream_fill(&scene->stream, &scene->caller, &scene->device, "e1", badge);
	scene->before = caller_ledger(&scene->caller, "e1");
	stream_until(&scene->stream, STREAM_SCANS / 4);
}

static void scene_close(struct scene *scene)
{
	stream_until(&scene->stream, STREAM_SCANS);
	stream_check(&scene->stream, "e1", scene->before);
	caller_close(&scene->caller);
	program_end(scene->worker);
	program_end(scene->broker.program);
}

static void killed_worker_loses_and_doubles_nothing(void **state)
{
	struct scene scene;

	scene_open(&scene, *state);
	for (int round = 2; round < 4; round++) {
		program_kill(scene.worker);
		scene.worker = worker_start(scene.stage, "data", &scene.broker, NULL);
		stream_until(&scene.stream, STREAM_SCANS * round / 4);
	}
	scene_close(&scene);
}

static void killed_broker_loses_and_doubles_nothing(void **state)
{
	struct scene scene;

	scene_open(&scene, *state);
	for (int round = 2; round < 4; round++) {
		program_kill(scene.broker.program);
		broker_again(scene.stage, &scene.broker);
		stream_until(&scene.stream, STREAM_SCANS * round / 4);
	}
	scene_close(&scene);
}

static void all_killed_at_once_lose_and_double_nothing(void **state)
{
	struct scene scene;

	scene_open(&scene, *state);
	program_kill(scene.broker.program);
	program_kill(scene.worker);
	broker_again(scene.stage, &scene.broker);
	scene.worker = worker_start(scene.stage, "data", &scene.broker, NULL);
	scene_close(&scene);
}

static void orderly_end_loses_and_doubles_nothing(void **state)
{
	struct scene scene;

	scene_open(&scene, *state);
	program_end(scene.worker);
	scene.worker = worker_start(scene.stage, "data", &scene.broker, NULL);
	stream_until(&scene.stream, STREAM_SCANS / 2);
	program_end(scene.broker.program);
	broker_again(scene.stage, &scene.broker);
	scene_close(&scene);
}

/* Its requests are kept by the broker: the next worker answers them. */
static void requests_of_a_killed_worker_go_to_the_next(void **state)
{
	struct stage *stage = *state;
	struct device device = {.seq = 0};
	struct broker broker;
	struct program *worker;
	struct caller caller;
	struct asked scan;
	struct told told;
	char badge[16];

	broker_start(stage, &broker, "broker");
	worker = worker_start(stage, "data", &broker, NULL);
	caller_open(&caller, broker.clients);
	caller_prepare(&caller, &device, "e1", badge);
	program_kill(worker);
	device_ask(&device, &scan, "e1/attendance", "scan", "'badge': '%s', 'session': 'PLENARY', 'direction': 'in'",
		   badge);
	caller_send(&caller, &scan);
	worker_start(stage, "data", &broker, NULL);
	/* answered once and without sending again: by the new worker, or with the request to try again */
	assert_true(caller_receive(&caller, PATIENCE_MS, &told));
	assert_true(told.reply.status == status_ok || told.reply.status == status_busy);
	caller_do(&caller, &scan, "ok");
	caller_close(&caller);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAGE_CASE(killed_worker_loses_and_doubles_nothing),
		STAGE_CASE(killed_broker_loses_and_doubles_nothing),
		STAGE_CASE(all_killed_at_once_lose_and_double_nothing),
		STAGE_CASE(orderly_end_loses_and_doubles_nothing),
		STAGE_CASE(requests_of_a_killed_worker_go_to_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

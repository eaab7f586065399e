// What is done with a reading of a temperature sensor.

/** Turns a raw reading into degrees Celsius. */
exports.normalize = async (event) => ({
  sensor: event.sensor,
  celsius: event.unit === 'F' ? Math.round((event.value - 32) * 50 / 9) / 10 : event.value,
});

/** Tells the person on duty. */
exports.alert = async (reading) => {
  console.log(`ALERT ${reading.sensor}: ${reading.celsius} degrees`);
  return { alerted: 'on-duty', message: `${reading.sensor} is at ${reading.celsius} degrees` };
};

/** In the place of a config file that there is none of. */
export default {}
